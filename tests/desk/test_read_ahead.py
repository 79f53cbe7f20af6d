"""Reading in other processes finds what reading in this one finds, whatever becomes of them."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from archive.desk import families, read_ahead, reading
from archive.desk import ingest as ingesting
from archive.desk.authority import register_name
from archive.desk.ingest import find_files, ingest
from archive.desk.read_ahead import NOTHING
from archive.desk.retagging import work_off
from archive.desk.tagging import get_known_names
from archive.models import FamilyMember, Mention, Passage, Quote
from tests.desk.copy_samples import make_source

ROOT = Path(__file__).parents[2]
COPY = """\
Ferries sail again {number}

July 10, 2004 - 22:0{number}

VARRA - "The ferries will sail before the winter comes," said Lena Moss, the minister of trade.

Moss told reporters in Varra that {number} of them were ready, and that the others would follow in spring.
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(COPY.format(number=number))
    return find_files([tmp_path])


@pytest.fixture(autouse=True)
def _names(monkeypatch):
    monkeypatch.setattr(ingesting, "STORIES_PER_TRANSACTION", 2)
    register_name(kind="person", name="Lena Moss")
    register_name(kind="place", name="Varra")


def forbid_reading_here(monkeypatch):
    def fail(*_):
        raise AssertionError("read in the process that writes")

    for module, name in ((reading, "find_names"), (reading, "find_quotes"), (families, "passages_of")):
        monkeypatch.setattr(module, name, fail)


def found() -> dict[str, list[tuple]]:
    """Return everything that reading wrote, by the address of its article."""
    rows = {
        Mention: ("part", "start", "end", "text", "entity__name", "registered__name", "how", "title"),
        Quote: ("start", "end", "text", "kind", "speaker__name", "verb", "confidence"),
        Passage: ("position", "key"),
        FamilyMember: ("how",),
    }
    return {
        model.__name__: sorted(model.objects.values_list("article__slug", *names), key=repr)
        for model, names in rows.items()
    }


def test_another_process_finds_the_same(files, monkeypatch):
    before = transaction.savepoint()
    ingest(files, make_source(), publish=True)
    here = found()
    assert (len(here["Mention"]), len(here["Quote"]), len(here["Passage"])) == (15, 5, 10)
    transaction.savepoint_rollback(before)
    forbid_reading_here(monkeypatch)
    ingest(files, make_source(), publish=True, workers=1)
    assert found() == here


def test_deferred_articles_are_read_by_another_process(files, monkeypatch):
    ingest(files, make_source(), publish=True, defer=True)
    assert not Mention.objects.exists()
    forbid_reading_here(monkeypatch)
    assert work_off(workers=1) == 5
    assert (Mention.objects.count(), Quote.objects.count()) == (15, 5)


def test_reading_goes_on_here_when_processes_fail(files, monkeypatch, caplog):
    monkeypatch.setattr(read_ahead, "begin", sys.exit)
    monkeypatch.setattr(read_ahead, "_MOST_RESTARTS", 0)
    report = ingest(files, make_source(), publish=True, workers=1)
    assert (report.outcomes["new"], Mention.objects.count(), Quote.objects.count()) == (5, 15, 5)
    assert "going on without them" in caplog.text


def test_process_that_is_killed_is_started_again(caplog):
    texts = [(f"Headline {number}", "Ferries of Varra sail again.") for number in range(12)]
    pieces = read_ahead.read_ahead(texts, lambda text: [text], workers=1)
    text, ahead = next(pieces)
    assert ahead.find(*text)
    for process in multiprocessing.active_children():
        process.kill()
    found = [ahead.find(*text) for text, ahead in pieces]
    assert len(found) == 11
    assert found[-1]
    assert caplog.text.count("starting it again") == 1


def test_processes_that_fail_time_and_again_are_given_up(monkeypatch, caplog):
    monkeypatch.setattr(read_ahead, "begin", sys.exit)
    texts = [(f"Headline {number}", "Ferries of Varra sail again.") for number in range(20)]
    pieces = list(read_ahead.read_ahead(texts, lambda text: [text], workers=1))
    assert [text for text, _ in pieces] == texts
    assert not any(ahead.find(*text) for text, ahead in pieces)
    assert caplog.text.count("starting it again") == 2
    assert caplog.text.count("going on without them") == 1


def test_known_stories_are_not_read_again(files, monkeypatch):
    ingest(files, make_source(), publish=True)
    sent = []
    monkeypatch.setattr(read_ahead._Readers, "send", lambda self, texts: sent.append(list(texts)))
    assert ingest(files, make_source(), publish=True, workers=1).outcomes["unchanged"] == 5
    assert sent
    assert not any(sent)


def test_names_registered_meanwhile_are_found():
    texts = [("Headline", f"Ferries of Kessary sail again {number}.") for number in range(12)]
    pieces = read_ahead.read_ahead(texts, lambda text: [text], workers=1)
    text, ahead = next(pieces)
    assert ahead.find_names(*text, get_known_names()).names == []
    register_name(kind="place", name="Kessary")
    known = get_known_names()
    later = [ahead.find_names(*text, known) for text, ahead in pieces]
    # What was sent before is not to be used; what was sent after knows the name.
    assert [[match.text for _, match in each.names] for each in later if each][-1] == ["Kessary"]
    assert all(each is None or each.names for each in later)


def test_one_piece_alone_starts_no_process(monkeypatch):
    monkeypatch.setattr(read_ahead, "_Readers", None)
    assert list(read_ahead.read_ahead(["only"], None, workers=1)) == [("only", NOTHING)]


def test_processes_end_with_the_one_that_started_them():
    code = (
        "import multiprocessing, time\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from archive.desk.reading_process import begin, read_texts\n"
        "context = multiprocessing.get_context('spawn')\n"
        "pool = ProcessPoolExecutor(1, context, initializer=begin, initargs=([],))\n"
        "print(len(pool.submit(read_texts, [('', '')]).result()), flush=True)\n"
        "time.sleep(300)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "1\n"
    parent.kill()
    # The reading process holds the other end too: the output ends when both are gone.
    assert parent.communicate(timeout=300)[0] == ""
