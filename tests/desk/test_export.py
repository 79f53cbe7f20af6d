import json
from zoneinfo import ZoneInfo

import pytest

from archive import wire
from archive.desk import export, ninjs_lines
from archive.desk.accept import accept
from archive.models import Article, Entity, Original
from tests.desk.copy_samples import STORY, make_source, read
from tests.desk.exported import fill_archive
from tests.desk.stories import take_in
from tests.factories import make_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(db):
    return fill_archive()


def test_published_stories_are_ninjs_that_our_reader_reads_back(archive, tmp_path):
    make_code("NA", "Nasrin Avadi")
    timeless = take_in("A day and no time.")
    Article.objects.filter(pk=timeless.pk).update(published_at=None)
    export.export(tmp_path / "out")
    published = list(Article.objects.published().select_related("source").order_by("pk"))
    path = tmp_path / "out" / export.NINJS
    stories = list(wire.iter_stories(path.name, path, zone=ZoneInfo("Indian/Mahe")))
    assert len(stories) == len(published) == 5
    for article, story in zip(published, stories, strict=True):
        record = story.record
        assert record.headline == article.headline
        assert (record.published_at, record.published_on) == (article.published_at, article.published_on)
        assert (record.body_html, record.body_text) == (article.body_html, article.body_text)
        credits = list(article.credits.values_list("code", "role"))
        assert [tuple(credit) for credit in record.credits] == credits
        assert (record.place, record.section) == (article.place, article.section)
        assert record.source_key == f"ninjs:{ninjs_lines.uri_of(article)}"


def test_line_of_ninjs_bears_the_standards_names(archive, tmp_path):
    make_code("NA", "Nasrin Avadi")
    entity = archive.mentions.first().entity
    Entity.objects.filter(pk=entity.pk).update(wikidata="Q42")
    record, received = read(STORY.replace("Ministers", "Two ministers"))
    accept(record, source=make_source(), received=received, publish=True)
    export.export(tmp_path / "out")
    lines = (tmp_path / "out" / export.NINJS).read_text("utf-8").splitlines()
    item = json.loads(lines[-1])
    assert item["uri"].startswith("urn:uuid:")
    assert item["standard"]["version"] == "3.0"
    assert (item["version"], item["type"], item["pubStatus"]) == ("1", "text", "usable")
    assert item["headlines"][0]["value"] == "Two ministers agree to share the Sable Bank"
    assert item["contentCreated"] == item["firstCreated"] == "2004-07-10T22:07:00+04:00"
    assert item["bodies"][0]["contentType"] == "text/html"
    assert item["by"] == "Nasrin Avadi"
    assert item["infoSources"][:2] == [
        {"name": "Nasrin Avadi", "literal": "NA", "role": "reported"},
        {"name": "PA", "literal": "PA", "role": "edited"},
    ]
    (person,) = item["people"]
    assert person["literal"] == entity.slug
    assert person["uri"] == "http://www.wikidata.org/entity/Q42"
    assert {"role": "address", "value": "/2004/07/10/two-ministers-agree-to-share-the-sable-bank/"} in item[
        "altIds"
    ]


def test_ninjs_has_published_stories_only(archive, tmp_path):
    export.export(tmp_path / "out")
    text = (tmp_path / "out" / export.NINJS).read_text("utf-8")
    assert "Ferries & fishers" in text
    assert "Secret" not in text


def test_story_from_ninjs_keeps_its_own_uri():
    article = Article(source=make_source(), source_key="ninjs:urn:varra:1")
    assert ninjs_lines.uri_of(article) == "urn:varra:1"


def test_originals_lie_under_their_hash(archive, tmp_path):
    export.export(tmp_path / "out")
    for original in Original.objects.all():
        path = tmp_path / "out/originals" / original.sha256[:2] / original.sha256
        assert path.read_bytes() == bytes(original.content)


def test_folder_that_is_not_empty_is_left_alone(archive, tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        export.export(tmp_path)


def test_accounts_are_written_without_what_signs_in(archive, tmp_path):
    export.export(tmp_path / "out")
    text = (tmp_path / "out" / export.ACCOUNTS).read_text()
    assert "e.ditor" in text
    assert "correct horse" not in text
    assert "md5" not in text
