"""The table of the language: fields and their synonyms, flags, orders and limits; operators have their own.

The parser, the compiler, the advanced form and the help page read it; nothing of it is said twice.
"""

from enum import StrEnum
from typing import Final, NamedTuple

MAX_QUERY_CHARS: Final = 2_000
# Words, phrases and values of one question.
MAX_CLAUSES: Final = 64
# Brackets within brackets; the engine walks at most 30 levels, and one bracket becomes up to three.
MAX_DEPTH: Final = 8
DEFAULT_DISTANCE_WORDS: Final = 5
MAX_DISTANCE_WORDS: Final = 100
MAX_EDITS: Final = 2
# From so many letters on, `word~` allows two of them to differ.
LONG_WORD_LETTERS: Final = 6
LEAST_LETTERS_BEFORE_STAR: Final = 2
MAX_TIMES: Final = 50
# Spellings of one name that are searched for.
MAX_SPELLINGS: Final = 40


class Kind(StrEnum):
    """What stands after a field's colon."""

    TEXT = "words, a phrase or a group"
    VALUE = "a value or a group of values"
    DATE = "a day, month, year or range"
    NUMBER = "a number, a comparison or a range"
    FLAG = "one of a list"
    SORT = "an order"


class Example(NamedTuple):
    """A question for the help page; each is tried on the demo wire and must find something."""

    text: str
    finds: str
    hits: bool = True


class FieldSpec(NamedTuple):
    """A field as a reader types it.

    `index` is the field of `search_indexes.ArticleIndex` that is asked; "" if there is more to it. `phrase`
    takes part in the sentence that tells the reading; `joins` says that the words of a group are one value.
    """

    name: str
    kind: Kind
    meaning: str
    synonyms: tuple[str, ...] = ()
    index: str = ""
    phrase: str = "{}"
    joins: bool = False
    examples: tuple[Example, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.synonyms)


FIELDS: Final = (
    FieldSpec(
        "headline",
        Kind.TEXT,
        "in the headline",
        ("title", "hd", "ti"),
        index="headline",
        phrase="with {} in the headline",
        examples=(Example("headline:ferry", "stories with “ferry” in the headline"),),
    ),
    FieldSpec(
        "body",
        Kind.TEXT,
        "in the text below the headline",
        phrase="with {} in the text",
        examples=(Example('body:"bow door"', "stories that speak of the bow door below their headline"),),
    ),
    FieldSpec(
        "lead",
        Kind.TEXT,
        "in the first paragraph",
        ("lp",),
        index="lead",
        phrase="with {} in the first paragraph",
        examples=(Example("lead:(cyclone OR storm)", "stories that begin with a storm"),),
    ),
    FieldSpec(
        "from",
        Kind.TEXT,
        "the place a story was filed from, which is not a place it mentions",
        ("dateline",),
        index="dateline",
        phrase="filed from {}",
        joins=True,
        examples=(Example("from:Geneva", "stories filed from Geneva"),),
    ),
    FieldSpec(
        "by",
        Kind.VALUE,
        "a sign-off code, or the person behind it",
        ("byline", "reporter", "author", "au"),
        phrase="signed by {}",
        examples=(
            Example("by:NA", "stories signed NA"),
            Example('by:"Nasrin Avadi"', "the same, by the person’s name"),
            Example("by:(NA AND PA)", "stories signed by both"),
        ),
    ),
    FieldSpec(
        "editor",
        Kind.VALUE,
        "the code or the person that edited",
        phrase="edited by {}",
        examples=(Example("editor:PA", "stories edited by PA"),),
    ),
    FieldSpec(
        "name",
        Kind.VALUE,
        "a registered name in any spelling",
        ("entity", "tag"),
        phrase="naming {}",
        joins=True,
        examples=(Example('name:"Takhti Rahim"', "stories that name the minister, however he is spelled"),),
    ),
    FieldSpec(
        "person",
        Kind.VALUE,
        "a registered person",
        phrase="naming {}",
        joins=True,
        examples=(Example('person:"Leila Zarvani"', "stories that name the biologist"),),
    ),
    FieldSpec(
        "org",
        Kind.VALUE,
        "a registered organisation",
        ("organisation", "organization"),
        phrase="naming {}",
        joins=True,
        examples=(Example("org:CBV", "stories that name the central bank, under either of its names"),),
    ),
    FieldSpec(
        "place",
        Kind.VALUE,
        "a registered place that a story mentions",
        phrase="naming {}",
        joins=True,
        examples=(Example("place:Dhaliya", "stories that mention Dhaliya"),),
    ),
    FieldSpec(
        "said",
        Kind.VALUE,
        "who is quoted",
        ("speaker",),
        phrase="in which {} is quoted",
        joins=True,
        examples=(
            Example("said:Khalfani", "stories in which Khalfani is quoted"),
            Example("said:Khalfani about:mine", "stories in which he is quoted about a mine"),
        ),
    ),
    FieldSpec(
        "quote",
        Kind.TEXT,
        "words within quotation marks; of one person, if said: stands beside it",
        index="quotes",
        phrase="in which somebody says {}",
        examples=(Example("quote:spade", "quotes with “spade” in them"),),
    ),
    FieldSpec(
        "about",
        Kind.TEXT,
        "what somebody is quoted about, in their own words or in reported speech",
        index="quotes",
        phrase="in which somebody speaks of {}",
        examples=(Example("about:mine", "stories in which somebody is quoted about a mine"),),
    ),
    FieldSpec(
        "source",
        Kind.VALUE,
        "the agency or desk that filed the story",
        phrase="from {}",
        joins=True,
        examples=(Example('source:"Varra Wire"', "stories of Varra Wire"),),
    ),
    FieldSpec(
        "section",
        Kind.VALUE,
        "the section, where the source gives one",
        index="section",
        phrase="in section {}",
        joins=True,
        examples=(Example("section:sports", "the sports pages", hits=False),),
    ),
    FieldSpec(
        "lang",
        Kind.VALUE,
        "the language, by its code or its name",
        ("language", "la"),
        index="language",
        phrase="in language {}",
        examples=(Example("lang:en", "stories in English"), Example("lang:English", "the same")),
    ),
    FieldSpec(
        "id",
        Kind.VALUE,
        "the number of a story, or the last part of its address",
        phrase="with the address {}",
        examples=(Example("id:ferry-with-about-180-aboard-missing-off-sennet", "one story"),),
    ),
    FieldSpec(
        "date",
        Kind.DATE,
        "the day that was printed on the story, in its own time zone; both ends of a range are included",
        examples=(
            Example("date:2001-06-14", "stories of one day"),
            Example("date:2001-06", "of one month"),
            Example("date:2001", "of one year"),
            Example("date:1998-02-01..1998-02-28", "of a period, first and last day included"),
            Example("date:[1998-02-01 TO 1998-02-28]", "the same"),
            Example("date:>=2006-06", "from June 2006 on"),
            Example("date:2006-06..", "the same"),
            Example("date:June 2001", "a month by its name"),
            Example("date:14 June to 2 July 2001", "a period in words"),
            Example("date:last week", "the seven days from Monday to Sunday before this week", hits=False),
            Example("date:1380-03-24sh", "a day of the Solar Hijri calendar"),
        ),
    ),
    FieldSpec(
        "after",
        Kind.DATE,
        "from this day, month or year on, which is included",
        ("since",),
        examples=(Example("after:2005-10", "stories from October 2005 on"),),
    ),
    FieldSpec(
        "before",
        Kind.DATE,
        "up to this day, month or year, which is included",
        ("until",),
        examples=(Example("before:1995", "stories up to the end of 1995"),),
    ),
    FieldSpec(
        "words",
        Kind.NUMBER,
        "how many words a story has",
        ("wc",),
        index="word_count",
        phrase="of {} words",
        examples=(
            Example("words:>250", "long stories"),
            Example("words:200..220", "stories of 200 to 220 words"),
        ),
    ),
    FieldSpec(
        "is",
        Kind.FLAG,
        "what kind of story it is",
        phrase="{}",
        examples=(
            Example("is:corrected", "corrected stories, and corrections"),
            Example("is:update", "updates of an earlier story"),
            Example(
                "strait -is:boilerplate",
                "stories with “strait”, but not only in a paragraph of background that others share",
            ),
            Example("is:boilerplate", "stories with such a paragraph"),
        ),
    ),
    FieldSpec(
        "has",
        Kind.FLAG,
        "what is in it",
        phrase="{}",
        examples=(Example("has:quote ferry", "stories on the ferry in which somebody is quoted"),),
    ),
    FieldSpec(
        "sort",
        Kind.SORT,
        "the order of the results",
        examples=(
            Example("ferry sort:date", "oldest first"),
            Example("ferry sort:-date", "newest first"),
            Example("ferry sort:relevance", "best match first"),
        ),
    ),
)
BY_NAME: Final = {spec.name: spec for spec in FIELDS}
BY_TYPED: Final = {typed: spec for spec in FIELDS for typed in spec.names}

# Fields that name registered names -> the kind of name; "" for any.
NAME_KINDS: Final = {
    "name": "",
    "person": "person",
    "org": "organisation",
    "place": "place",
    "said": "",
}
# Fields that look into quotes.
IN_QUOTES: Final = frozenset({"quote", "about"})


class Flag(NamedTuple):
    """A value of `is:` or `has:`; `index` is what stands in the index's `flags`, "" if nothing can."""

    field: str
    value: str
    index: str
    words: str
    synonyms: tuple[str, ...] = ()


FLAGS: Final = (
    Flag("is", "corrected", "corrected", "that are corrected", ("correction",)),
    Flag("is", "update", "update", "that are updates", ("updated",)),
    Flag("is", "refiled", "refiled", "that were refiled", ("refile",)),
    Flag("is", "boilerplate", "recycled", "with recycled paragraphs", ("recycled",)),
    Flag("is", "withdrawn", "", "that were withdrawn", ("killed",)),
    Flag("has", "quote", "quote", "in which somebody is quoted word for word", ("quotes", "quotation")),
)
FLAGS_BY_TYPED: Final = {
    (flag.field, typed): flag for flag in FLAGS for typed in (flag.value, *flag.synonyms)
}

# `sort:` values -> orders of `query.SORTS`.
SORT_VALUES: Final = {
    "date": "oldest",
    "oldest": "oldest",
    "-date": "newest",
    "newest": "newest",
    "relevance": "relevance",
}
