"""The language as it works on the demo wire and the real engine: every form finds what it should."""

import datetime

import pytest
from django.http import QueryDict

from archive.models import Article, Quote
from archive.search import rescue
from archive.search.compile import compile_query
from archive.search.help import HELP
from archive.search.query import ArchiveQuery
from archive.search.run import run

TODAY = datetime.date(2006, 12, 31)
EXAMPLES = [example for section in HELP for entry in section.entries for example in entry.examples]


@pytest.fixture(autouse=True)
def ask_the_wire(demo_wire, db):
    pass


def ask(text, **params):
    data = QueryDict(mutable=True)
    data.update({"q": text, **params})
    return run(ArchiveQuery.from_params(data))


def understood(text, **params):
    data = QueryDict(mutable=True)
    data.update({"q": text})
    for key, values in params.items():
        data.setlist(key, [values] if isinstance(values, str) else values)
    return compile_query(ArchiveQuery.from_params(data), TODAY)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.text)
def test_every_example_of_the_help_page_works(example):
    page = ask(example.text)
    assert page.reduced == ""
    assert bool(page.total) is example.hits, page.notes


# --- how a question is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("", "All articles."),
        ("treaty", "Articles with “treaty”."),
        ("treaty ocean", "Articles with “treaty” and “ocean”."),
        ("treaty ocean fleet", "Articles with “treaty”, “ocean” and “fleet”."),
        ("storm OR cyclone", "Articles with “storm” or “cyclone”."),
        ("port storm OR cyclone", "Articles with (“port” and “storm”) or “cyclone”."),
        ("ferry -insurers", "Articles without “insurers”, with “ferry”."),
        ('"bow door"', "Articles with “bow door”."),
        ("a1 N/5 b2", "Articles with “a1” and “b2” within 5 words of each other."),
        ("a1 P/5 b2", "Articles with “a1” and “b2” within 5 words in this order."),
        ("a1 /s b2", "Articles with “a1” and “b2” in one sentence."),
        ("a1 /p b2", "Articles with “a1” and “b2” in one paragraph."),
        ("sanct*", "Articles with words beginning with “sanct”."),
        ("wom?n", "Articles with words like “wom?n”."),
        ("trawlr~1", "Articles with words within one letter of “trawlr”."),
        ("ATLEAST3(goat)", "Articles with “goat” at least 3 times."),
        ("CAPS(IFA)", "Articles with “IFA” in these capitals."),
        ('="bow door"', "Articles with exactly “bow door”."),
        ("Takhtirahim", "Articles with “Takhtirahim” (7 spellings)."),
        ("headline:(tuna quota)", "Articles with “tuna” and “quota” in the headline."),
        ("from:Geneva", "Articles filed from Geneva."),
        ("by:na", "Articles signed by na."),
        ("by:NA by:PA", "Articles signed by NA or signed by PA."),
        ("by:(NA OR PA)", "Articles signed by NA or signed by PA."),
        ("-by:NA", "Articles not signed by NA."),
        ("editor:PA", "Articles edited by PA."),
        ("name:CBV", "Articles naming Central Bank of Varra (4 spellings)."),
        ("source:varra-wire", "Articles from varra-wire."),
        ("lang:en", "Articles in language en."),
        ("date:2001-06-14", "Articles on 14 June 2001."),
        ("date:2001-06-01..2001-06-14", "Articles 1 to 14 June 2001."),
        ("date:last week", "Articles 18 to 24 December 2006."),
        ("after:2005", "Articles since 1 January 2005."),
        ("before:2005", "Articles until 31 December 2005."),
        ("date:1380-03-24sh", "Articles on 14 June 2001."),
        ("words:>250", "Articles of more than 250 words."),
        ("words:200..220", "Articles of 200 to 220 words."),
        ("is:update", "Articles that are updates."),
        ("has:quote", "Articles in which somebody is quoted word for word."),
        ("quote:spade", "Articles in which somebody says “spade”."),
        ("about:treaty", "Articles in which somebody speaks of “treaty”."),
        ('said:"Nobody Known"', "Articles in which “Nobody Known” is quoted."),
        (
            "from:Varra treaty date:1996..2003 by:NA",
            "Articles filed from Varra, signed by NA, 1996 to 2003, with “treaty”.",
        ),
    ],
)
def test_reading_is_one_plain_sentence(text, reading):
    assert understood(text).reading == reading


# --- what values find ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("by:NA", "byline:na"),
        ("by:NA", 'reporter:"Nasrin Avadi"'),
        ("by:NA", "by:Avadi"),
        ("by:(NA AND PA)", "by:NA AND by:PA"),
        ("from:Geneva", "dateline:geneva"),
        ("name:CBV", 'org:"Bank of the Varra Islands"'),
        ("name:CBV", "CBV"),
        ("name:CBV", "cbv"),
        ("name:Takhtirahim", "person:(Takhti Rahim)"),
        ("name:Takhtirahim", "entity:(Takhti Raheem)"),
        ("source:varra-wire", 'source:"Varra Wire"'),
        ("lang:en", "language:EN"),
        ("date:2001", "date:2001-01-01..2001-12-31"),
        ("date:2001", "after:2001 before:2001"),
        ("date:2001", "date:>=2001 date:<=2001"),
        ("date:2001", "date:[2001-01 TO 2001-12]"),
        ("date:2001 OR date:2003", "date:2001 date:2003"),
        ("date:2001 OR date:2003", "date:(2001 OR 2003)"),
        ("date:>2001", "after:2002"),
        ("date:<2001", "before:2000"),
        ("date:2001-06", "date:June 2001"),
        ("date:2001-06-14", "date:14.6.2001"),
        ("words:>250", "words:>=251"),
        ("words:>250", "-words:<=250"),
        ("is:corrected", "is:correction"),
        ("storm OR cyclone", "storm | cyclone"),
        ("ferry -insurers", "ferry NOT insurers"),
        ('"bow door"', "bow PRE/1 door"),
        ('"bow door"~3', "bow NEAR/3 door"),
        ('"bow door"~3', "bow W/3 door"),
    ],
)
def test_two_ways_to_ask_find_the_same(one, other):
    first, second = ask(one), ask(other)
    assert first.total == second.total > 0
    assert {hit.url for hit in first.hits} == {hit.url for hit in second.hits}


def test_code_finds_both_people_who_had_it_and_a_person_only_their_own():
    assert ask("by:SM").total == ask("by:Murjani").total + ask("by:Moritzkeller").total > 0
    assert ask("by:Murjani date:2001..2006").total == 0


def test_story_is_found_by_number_and_by_address():
    hit = ask('headline:"Ferry with about 180"').hits[0]
    for text in (f"id:{hit.article.pk}", f"id:{hit.article.slug}", f'id:"{hit.url}"'):
        assert [found.url for found in ask(text).hits] == [hit.url]


def test_story_of_half_past_midnight_is_found_on_its_printed_day_only():
    assert "first results" in ask("date:1996-07-01 headline:first").hits[0].article.headline
    assert ask("date:1996-06-30 headline:first").total == 0


def test_body_is_not_the_headline():
    assert ask('headline:"Markets this week"').total == 6
    assert ask('body:"Markets this week"').total == 0


def test_exactly_finds_one_spelling_and_no_other_ending():
    page = ask('="Takhtirahim"')
    assert 0 < page.total < ask("Takhtirahim").total
    bodies = Article.objects.filter(pk__in=[hit.article.pk for hit in page.hits]).values_list(
        "body_text", flat=True
    )
    assert all("Takhtirahim" in body for body in bodies)
    assert ask("=insurer").total == 0 < ask("insurer").total


def test_update_and_correction_flags_find_the_marked_stories():
    assert {hit.article.mark for hit in ask("is:update").hits} == {"update"}
    assert ask("is:corrected").total == 1
    assert ask("is:corrected is:update").total == 3


# --- names --------------------------------------------------------------------------------------------------


def test_every_spelling_searched_is_shown_and_can_be_dropped():
    page = ask("Takhti Rahim")
    spellings = [chip for chip in page.chips if chip.kind == "spelling"]
    assert len(spellings) == 7
    joined = next(chip for chip in spellings if chip.label == "Takhtirahim")
    assert joined.remove_url == "/search/?q=Takhti+Rahim&drop=Takhtirahim"


def test_dropped_spelling_is_not_searched_and_can_be_brought_back():
    page = ask("Takhtirahim", drop="takhtirahim")
    assert "Takhtirahim" not in [chip.label for chip in page.chips if chip.kind == "spelling"]
    (back,) = [chip for chip in page.chips if chip.kind == "dropped"]
    assert (back.label, back.remove_url) == ("without the spelling “Takhtirahim”", "/search/?q=Takhtirahim")


def test_only_what_is_left_of_the_spellings_is_searched():
    rest = [chip.label for chip in ask("Takhtirahim").chips if chip.kind == "spelling"]
    rest.remove("Takhtirahim")
    compiled = understood("Takhtirahim", drop=rest)
    assert [clause.label for clause in compiled.spellings] == ["Takhtirahim"]
    assert rescue.ask(compiled.sq).count() == 3


def test_other_spellings_are_marked_too():
    marked = " ".join(hit.headline_html + hit.snippet_html for hit in ask("Takhtirahim").hits)
    assert "<mark>Takhti Rahim</mark>" in marked
    assert "<mark>Takhti-Rahim</mark>" in marked


def test_spellings_count_within_proximity_and_fields():
    assert ask("Takhtirahim NEAR/10 treaty").total == ask('"Takhti Rahim" NEAR/10 treaty').total > 0
    assert ask("headline:Takhtirahim").total == ask('headline:"Takhti Rahim"').total > 0


def test_negated_name_leaves_out_every_spelling():
    assert ask("-Takhtirahim").total == ask("").total - 26


def test_name_card_comes_with_the_words():
    assert [entity.name for entity in ask("takhti-rahim treaty").names] == ["Mirvan Takhti Rahim"]


def test_part_of_names_means_all_who_have_it_and_offers_each():
    (note,) = understood("name:Zarvani ferry").notes
    assert note == "“Zarvani” can be 2 names; all were looked for."
    assert sorted(choice.text for choice in note.choices) == [
        'name:"Leila Zarvani" ferry',
        'name:"Mohammad Zarvani" ferry',
    ]
    page = ask("name:Zarvani")
    assert page.total >= max(ask('name:"Leila Zarvani"').total, ask('name:"Mohammad Zarvani"').total)


# --- quotes -------------------------------------------------------------------------------------------------


def quotes_in(hit):
    return Quote.objects.filter(article=hit.article.pk)


def test_speaker_is_found_under_any_spelling_and_by_surname():
    page = ask("said:Khalfani")
    assert page.total > 0
    assert page.reading == "Articles in which Omar Khalfani is quoted."
    assert ask('said:"Umar Khalfany"').total == page.total
    for hit in page.hits:
        assert quotes_in(hit).filter(speaker__name="Omar Khalfani").exists()


def test_words_beside_said_stand_in_a_quote_of_that_person():
    both = {hit.url for hit in ask("said:Khalfani about:mine").hits}
    assert both
    for hit in ask("said:Khalfani about:mine").hits:
        assert any("mine" in quote.text for quote in quotes_in(hit).filter(speaker__name="Omar Khalfani"))
    assert both <= {hit.url for hit in ask("about:mine").hits}


def test_quote_looks_into_verbatim_quotes_only():
    found = ask("quote:spade").hits
    assert found
    for hit in found:
        assert any("spade" in quote.text for quote in quotes_in(hit).exclude(kind="indirect"))


def test_words_of_one_quote_field_stand_in_one_quote():
    assert ask("about:(mine AND zzzz)").total == 0
    assert ask("about:(mine OR zzzz)").total == ask("about:mine").total > 0


# --- notes with choices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence", "choices"),
    [
        (
            "date:10/07/2001 ferry",
            "“10/07/2001” can be two days. It was left out.",
            ["date:2001-07-10 ferry", "date:2001-10-07 ferry"],
        ),
        (
            "ferry date:>=2001-02-30",
            "February 2001 has 28 days. It was left out.",
            ["ferry date:>=2001-02-28", "ferry date:>=2001-02"],
        ),
        (
            "after:10/07/2001",
            "“10/07/2001” can be two days. It was left out.",
            ["after:2001-07-10", "after:2001-10-07"],
        ),
        ("words:many", "“many” is no number; write 500, >500 or 300..600. It was left out.", []),
        (
            "has:foo",
            "“has:” knows no “foo”; it was left out.",
            ["has:quote"],
        ),
        (
            "source:reuters",
            "No source is called “reuters”.",
            ['source:"Lakeside Dispatch"', 'source:"Straits Dispatch"', 'source:"Varra Wire"'],
        ),
        ("by:Nobody", "“Nobody” is neither a sign-off code nor anybody who has one.", []),
        ("id:no-such-story", "No story has the number or address “no-such-story”.", []),
        ("is:withdrawn", "Withdrawn stories are not public; archivists find them in the admin.", []),
        ("quote:(-spade)", "“quote:” takes words, phrases and alternatives; it was left out.", []),
    ],
)
def test_value_that_cannot_be_read_is_said_with_choices(text, sentence, choices):
    (note,) = understood(text).notes
    assert note == sentence
    assert [choice.text for choice in note.choices] == choices


def test_choices_are_addresses_on_the_page():
    (note,) = ask("storm or cyclone").notes
    assert [(choice.text, choice.url) for choice in note.choices] == [
        ("storm OR cyclone", "/search/?q=storm+OR+cyclone")
    ]


# --- chips --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "chips"),
    [
        ("treaty ocean", {"“treaty”": "ocean", "“ocean”": "treaty"}),
        ("treaty -ocean", {"“treaty”": "-ocean", "without “ocean”": "treaty"}),
        ("storm OR cyclone", {"“storm” or “cyclone”": ""}),
        ("by:NA x by:PA", {"by:NA": "by:PA x", "by:PA": "by:NA x", "“x”": "by:NA OR by:PA"}),
        ("from:Geneva date:2001", {"filed from Geneva": "date:2001", "in 2001": "from:Geneva"}),
        (
            'treaty sort:-date "bow door"',
            {"“treaty”": 'sort:-date "bow door"', "“bow door”": "treaty sort:-date"},
        ),
    ],
)
def test_each_clause_is_a_chip_that_takes_only_itself_away(text, chips):
    assert {c.label: c.rest.text for c in understood(text).clauses} == chips


def test_filters_and_period_are_chips():
    page = ask("treaty", **{"from": "Geneva", "since": "2001", "until": "2003"})
    assert [(chip.label, chip.kind) for chip in page.chips] == [
        ("“treaty”", "clause"),
        ("filed from Geneva", "filter"),
        ("2001 to 2003", "period"),
    ]
    assert page.chips[1].remove_url == "/search/?q=treaty&since=2001-01-01&until=2003-12-31"


# --- little or nothing found --------------------------------------------------------------------------------


def test_less_than_a_page_goes_on_with_most_of_the_words():
    page = ask("ferry sennet passengers")
    strict = {hit.url for hit in page.hits}
    more = {hit.url for hit in page.more.hits}
    assert page.more.heading == "Stories with some of these words"
    assert ask("ferry sennet passengers crew storm island radio night").more.heading == (
        "Stories with at least two of these words"
    )
    assert page.more.total > 0
    assert strict.isdisjoint(more)
    assert page.more.total + page.total >= len(strict | more)


def test_one_word_or_a_full_page_is_not_continued():
    assert ask("ferry").more is None
    assert ask("the").more is None
    assert ask("by:NA from:Varra").more is None


def test_further_words_keep_their_filters():
    page = ask("nuclear talks from:Geneva")
    assert (page.total, page.more.total) == (1, 3)
    assert {hit.article.place for hit in page.more.hits} == {"Geneva"}


def test_nothing_found_counts_what_each_condition_costs():
    page = ask("ferry goat reef")
    assert [(way.label, way.count, way.url) for way in page.without] == [
        ("“goat”", 1, "/search/?q=ferry+reef"),
        ("“reef”", 2, "/search/?q=ferry+goat"),
    ]
    assert (page.some_words.label, page.some_words.count) == ("ferry OR goat OR reef", 32)
    for way in (*page.without, page.some_words):
        assert run(ArchiveQuery.from_params(QueryDict(way.url.partition("?")[2]))).total == way.count


def test_nothing_found_offers_words_of_the_archive_and_keeps_the_rest():
    page = ask("fishries zzzz from:Geneva")
    assert page.suggestion.text == "fisheries zzzz from:Geneva"


def test_nothing_found_offers_near_names():
    assert "Arkady Velentyev" in [way.label for way in ask("Arkadi Velentiyef zzzz").near_names] + [
        way.label for way in ask('name:"Arkadij Velentjev"').near_names
    ]


# --- without an index ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "by:NA",
        "editor:PA",
        "name:CBV",
        "from:Geneva",
        "date:2001-06",
        "words:>250",
        "is:update",
        "source:varra-wire",
        "lang:en",
        "headline:ferry",
        "said:Khalfani",
        "quote:spade",
        "has:quote",
        "-from:Geneva by:NA",
    ],
)
def test_database_gives_the_same_answer_for_filters(text):
    from archive.models import Article

    compiled = understood(text)
    assert Article.objects.published().filter(compiled.conditions).count() == ask(text).total
