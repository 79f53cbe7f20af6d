import hashlib

import pytest

from archive.desk.accept import accept
from tests.desk.copy_samples import STORY, make_source, read
from tests.factories import make_article, make_original

pytestmark = pytest.mark.django_db


def received_page(reader, article):
    return reader.get(article.get_absolute_url() + "received/").content.decode()


def take_in(text=STORY):
    record, received = read(text)
    return accept(record, source=make_source(), received=received, publish=True).article


def test_parts_of_the_original_are_marked(reader):
    page = received_page(reader, take_in())
    for part, label, text in (
        ("headline", "headline", "Ministers agree to share the Sable Bank"),
        ("timestamp", "time", "July 10, 2004 - 22:7"),
        ("dateline", "place", "VARRA"),
        ("body", "text", "Fisheries Minister Mirvan"),
        ("sign_off", "codes", "NA/PA"),
    ):
        assert f'<mark class="part part-{part}"><span class="part-label">{label}</span>{text}' in page


def test_hash_encoding_and_doubts_are_told(reader):
    page = received_page(reader, take_in())
    assert hashlib.sha256(STORY.encode()).hexdigest() in page
    assert "UTF-8" in page
    assert "The minute has one digit: 22:7, read as 22:07." in page


def test_foreign_markup_stays_text(reader):
    page = received_page(reader, take_in(STORY.replace("for an hour", "for <script>alert(1)</script>")))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_several_originals_are_listed_newest_first(reader):
    article = take_in()
    later = STORY.replace("would be shared", "would be divided")
    take_in(later)
    page = received_page(reader, article)
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in (later, STORY)]
    assert page.index(hashes[0]) < page.index(hashes[1])


def test_other_stories_of_a_shared_file_are_not_shown(reader):
    shared = b"Secret draft of another story\n\nJuly 10, 2004 - 22:07\n\nVARRA - Secret text.\n"
    article = make_article("First story")
    make_original(article, shared)
    make_original(make_article("Second story", status="draft"), shared)
    page = received_page(reader, article)
    assert "Secret" not in page
    assert hashlib.sha256(shared).hexdigest() in page


def test_story_without_original_says_so(reader):
    assert "no copy came in" in received_page(reader, make_article())


def test_unreadable_original_keeps_its_hash(reader):
    article = make_article()
    original = make_original(article, b"\x00\x01\x02" * 100)
    page = received_page(reader, article)
    assert original.sha256 in page
    assert "<pre" not in page
