"""A place is not meant where its name is part of another; what belongs to the place still speaks of it."""

import pytest

from archive.names.matcher import Matcher, Spelling

MATCHER = Matcher(
    [
        Spelling("Varra", 1, "place"),
        Spelling("Varra Bank", 2, "organisation"),
        Spelling("Lena Moss", 3, "person"),
        Spelling("Sable", 4, "person"),
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        "It was first told by the Varra Wire on Monday.",
        "They lie off the Varra Islands in the south.",
        "She studied at the University of Varra until 1998.",
        "The Bank of Varra raised its rate.",
        "The Central Bank of the Varra Islands raised it.",
        "The Varra Chamber of Commerce objected.",
        "The Varra Stock Exchange closed early.",
        "It fell into the Gulf of Varra at night.",
        "A flight to Varra Airport was turned back.",
        "A flight from Varra International Airport was late.",
        "They came from North Varra by boat.",
        "They live in New Varra now.",
        "The Varra Wire's editor resigned.",
    ],
)
def test_place_inside_another_name_is_not_meant(text):
    assert MATCHER.find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Then Varra police closed the road.",
        "Then the Varra Government fell.",
        "Then the Government of Varra fell.",
        "Then Varra Prime Minister Olin spoke.",
        "Then the Mayor of Varra spoke.",
        "He came to Varra Monday night.",
        "He came to Varra. University staff were there.",
        "He came to Varra, Bank officials said.",
        "The Republic of Varra is small.",
        "New Varra law comes into force.",
        "VARRA BANK ROBBERY",
        "Varra Mourns Its Dead After Wire Falls Down On Bank Staff",
        "The harbour of Varra is deep.",
        "Varra's University opens.",
        "Varra-based banks closed.",
        "He was born in Varra",
    ],
)
def test_place_by_itself_is_meant(text):
    names = {1, 2} if text.isupper() else {1}
    assert {match.name_id for match in MATCHER.find(text)} <= names
    assert MATCHER.find(text)


def test_longer_registered_name_is_found_as_a_whole():
    assert [(m.text, m.name_id) for m in MATCHER.find("Then the Varra Bank closed.")] == [("Varra Bank", 2)]


def test_other_kinds_are_found_inside_longer_names():
    assert [m.name_id for m in MATCHER.find("The Sable Foundation gave money.")] == [4]
