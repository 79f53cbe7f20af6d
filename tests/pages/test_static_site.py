import re

import pytest

from archive.pages.static_site import write_site
from tests.factories import make_story_about

pytestmark = pytest.mark.django_db


def links_of(path):
    return re.findall(r'(?:href|src)="([^"]+)"', path.read_text("utf-8"))


def test_every_link_leads_to_a_file_in_the_folder(wire, tmp_path):
    assert write_site(tmp_path) == 5
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        for link in links_of(page):
            assert (page.parent / link).resolve().is_relative_to(tmp_path.resolve()), (page, link)
            assert (page.parent / link).is_file(), (page, link)


def test_story_lies_at_its_address(wire, tmp_path):
    write_site(tmp_path)
    page = (tmp_path / "1999/07/10/talks-open/index.html").read_text("utf-8")
    for text in ("Talks open", "Varra Wire", "The talks were led by", "Nasrin Avadi", "Mirvan Takhti Rahim"):
        assert text in page


def test_drafts_and_withdrawn_stories_are_not_in_it(wire, tmp_path):
    write_site(tmp_path)
    everything = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.html"))
    for text in ("Secret draft", "Withdrawn claim", "Only In Drafts"):
        assert text not in everything


def test_foreign_text_stays_text(wire, tmp_path):
    make_story_about(wire.rahim, headline="<script>alert(1)</script>", on="2001-03-03", slug="evil")
    write_site(tmp_path)
    everything = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.html"))
    assert "<script" not in everything
    assert "&lt;script&gt;alert(1)" in everything
