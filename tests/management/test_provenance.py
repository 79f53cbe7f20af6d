from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from archive.models import Article, Original
from tests.desk.stories import take_in
from tests.factories import make_article, make_original

pytestmark = pytest.mark.django_db


def run(name, *arguments):
    out, err = StringIO(), StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue(), error
    return out.getvalue(), err.getvalue(), None


class TestVerify:
    def test_all_as_received(self):
        make_original(make_article(), b"one")
        assert run("verify") == ("1 hashed, 1 as received, 0 altered\n", "", None)

    def test_altered_original_is_named_and_fails(self):
        original = make_original(make_article(), b"one")
        Original.objects.filter(pk=original.pk).update(content=b"two", name="story.txt")
        out, err, error = run("verify")
        assert out == "1 hashed, 0 as received, 1 altered\n"
        assert err.startswith(f"story.txt: received as {original.sha256}, now ")
        assert error.returncode == 1


class TestReparse:
    def test_shows_and_writes_nothing_unless_told(self):
        story = take_in("The toll is 41.")
        Article.objects.filter(pk=story.pk).update(place="Vara")
        out, _, _ = run("reparse")
        assert "Place: [-Vara-]{+Varra+}" in out
        assert "1 read, 1 changed, 0 unchanged, 0 problems; nothing was written (--apply does)" in out
        assert Article.objects.get(pk=story.pk).place == "Vara"

    def test_writes_with_apply(self):
        story = take_in("The toll is 41.")
        Article.objects.filter(pk=story.pk).update(place="Vara")
        out, _, _ = run("reparse", "--apply")
        assert out.endswith("1 read, 1 changed, 0 unchanged, 0 problems\n")
        assert Article.objects.get(pk=story.pk).place == "Varra"

    def test_unknown_source_is_refused(self):
        assert str(run("reparse", "--source", "nobody")[2]) == "There is no source nobody."


class TestFamilies:
    def test_finds_what_was_not_looked_at(self):
        text = (
            "The ferry sank off the island early on Thursday, and boats searched for all who had been aboard."
        )
        for n in (1, 2):
            make_article(f"Story {n}", body=(text,))
        sentence = "2 compared, 1 families, 2 stories in them, 0 corrections linked, 0 for an archivist\n"
        assert run("families")[0] == sentence
        assert run("families")[0].startswith("0 compared, 1 families")
        assert run("families", "--again")[0] == sentence


class TestExport:
    def test_says_what_was_written_and_leaves_what_is_there(self, tmp_path):
        take_in("The toll is 41.")
        out, _, error = run("export", str(tmp_path / "out"))
        assert (out, error) == ("1 articles, 1 versions, 1 originals, 0 names, 1 pages\n", None)
        assert (tmp_path / "out/site/index.html").is_file()
        assert "not empty" in str(run("export", str(tmp_path / "out"))[2])

    def test_that_breaks_off_says_that_it_is_not_whole(self, tmp_path):
        (tmp_path / "file").write_text("x")
        error = run("export", str(tmp_path / "file/out"))[2]
        assert str(error).startswith("The export is not whole: Not a directory. Mend that, delete ")
