import datetime

import pytest

from archive.wire.datelines import day_of, find_dateline, misspelt_month, normal_case, parse_dateline


@pytest.mark.parametrize(
    ("paragraph", "printed", "place", "month_day", "agency"),
    [
        ("TEHRAN - The", "TEHRAN", "Tehran", None, ""),
        ("TEHRAN – The", "TEHRAN", "Tehran", None, ""),
        ("TEHRAN — “We", "TEHRAN", "Tehran", None, ""),
        ("TEHRAN—Foreign", "TEHRAN", "Tehran", None, ""),
        ("TEHRAN -The", "TEHRAN", "Tehran", None, ""),
        ("TEHRAN- The", "TEHRAN", "Tehran", None, ""),
        ("TEHRAN (Agency) -- The", "TEHRAN (Agency)", "Tehran", None, "Agency"),
        ("PARIS, Feb 26 - The", "PARIS, Feb 26", "Paris", (2, 26), ""),
        ("PARIS, 26 Feb - 12 people", "PARIS, 26 Feb", "Paris", (2, 26), ""),
        ("Portland, Ore., Feb 26 - The", "Portland, Ore., Feb 26", "Portland, Ore.", (2, 26), ""),
        ("LITTLETON, COLO., Feb 26 - The", "LITTLETON, COLO., Feb 26", "Littleton, Colo.", (2, 26), ""),
        ("L'AQUILA, Italy (ANN) — The", "L'AQUILA, Italy (ANN)", "L'Aquila, Italy", None, "ANN"),
        ("NEW YORK, Sept. 3 (Agency) - The", "NEW YORK, Sept. 3 (Agency)", "New York", (9, 3), "Agency"),
        ("TEHRAN, July 10, 2019 (ANN) - The", "TEHRAN, July 10, 2019 (ANN)", "Tehran", (7, 10), "ANN"),
        ("GENEVA/VIENNA - The", "GENEVA/VIENNA", "Geneva/Vienna", None, ""),
        ("PORT-AU-PRINCE - The", "PORT-AU-PRINCE", "Port-au-Prince", None, ""),
        ("SÃO PAULO - Os", "SÃO PAULO", "São Paulo", None, ""),
        ("HANOI -- A fire -- the third -- broke out", "HANOI", "Hanoi", None, ""),
        ("PARIS, Feb 30 - The", "PARIS, Feb 30", "Paris", None, ""),
        ("TEHRAN -", "TEHRAN", "Tehran", None, ""),
    ],
)
def test_dateline_is_found_and_taken_apart(paragraph, printed, place, month_day, agency):
    dateline = find_dateline(paragraph)
    assert dateline[:4] == (printed, place, month_day, agency)
    assert paragraph.startswith(dateline.opening)
    assert not paragraph[len(dateline.opening) :].startswith(("-", "–", "—", " "))


@pytest.mark.parametrize(
    "paragraph",
    [
        "",
        "TEHRAN",
        "TEHRAN: The",
        "TEHRAN - the end of the line is near",
        "Tehran - The city",
        "Oil prices - already high - rose",
        "The talks - Iran's first - began",
        "NATO - The alliance",
        "N.A.T.O. - The alliance",
        "BREAKING - The president",
        "A - The",
        "G7 - The group",
        "OIL PRICES RISE IN ASIA TODAY AGAIN - The",
        "He said (in London) - The",
        "A" * 200 + " - The",
        "- The",
        "1987 - The year",
    ],
)
def test_sentence_with_a_dash_is_no_dateline(paragraph):
    assert find_dateline(paragraph) is None


@pytest.mark.parametrize(
    ("printed", "place"),
    [
        ("Portland, Ore., Feb 26", "Portland, Ore."),
        ("    PARIS, Feb 26 - ", "Paris"),
        ("WASHINGTON", "Washington"),
    ],
)
def test_dateline_on_its_own_is_taken_apart(printed, place):
    assert parse_dateline(printed).place == place


@pytest.mark.parametrize(
    ("printed", "place"),
    [
        ("TEHRAN", "Tehran"),
        ("N'DJAMENA", "N'Djamena"),
        ("L’AQUILA", "L’Aquila"),
        ("SANA’A", "Sana’a"),
        ("COX'S BAZAR", "Cox's Bazar"),
        ("ST. PETERSBURG", "St. Petersburg"),
        ("RIO DE JANEIRO", "Rio de Janeiro"),
        ("SHARM EL-SHEIKH", "Sharm el-Sheikh"),
        ("AL-QUDS", "Al-Quds"),
        ("LA PAZ", "La Paz"),
        ("THE HAGUE", "The Hague"),
        ("DAR ES SALAAM", "Dar es Salaam"),
        ("ÎLE-DE-FRANCE", "Île-de-France"),
        ("İZMİR", "İzmir"),
        ("McLEAN, Va.", "McLean, Va."),
        ("WASHINGTON, D.C.", "Washington, D.C."),
        ("WASHINGTON DC", "Washington DC"),
        ("PORTLAND, OR", "Portland, OR"),
        ("Portland, Ore.", "Portland, Ore."),
        ("ABU DHABI, UAE", "Abu Dhabi, UAE"),
    ],
)
def test_place_gets_its_usual_letters(printed, place):
    assert normal_case(printed) == place


@pytest.mark.parametrize(
    ("paragraph", "place", "misspelt"),
    [
        ("PARIS, Febuary 26 - The", "Paris", "Febuary"),
        ("PARIS, 26 Janury - The", "Paris", "Janury"),
        ("Portland, Ore., Septmber 3 (Agency) - The", "Portland, Ore.", "Septmber"),
        ("PARIS, February 26 - The", "Paris", ""),
    ],
)
def test_misspelt_month_gives_the_place_and_a_warning(paragraph, place, misspelt):
    dateline = find_dateline(paragraph)
    assert (dateline.place, dateline.misspelt) == (place, misspelt)
    assert dateline.month_day == (None if misspelt else (2, 26))
    if misspelt:
        assert misspelt in misspelt_month(dateline).message


@pytest.mark.parametrize("paragraph", ["TOKYO, Mary 12 - The", "BOEING 747 - The", "Room 12, Tokyo 3 - The"])
def test_word_beside_a_figure_is_no_month(paragraph):
    assert find_dateline(paragraph) is None


@pytest.mark.parametrize(
    ("printed", "near", "expected"),
    [
        ("PARIS, Feb 26", "2001-02-27", "2001-02-26"),
        ("PARIS, 26 Feb (Agency)", "2001-02-27", "2001-02-26"),
        ("PARIS, March 3, Reuter", "1987-03-03", "1987-03-03"),
        ("PARIS, Dec 31", "2000-01-02", "1999-12-31"),
        ("PARIS, Jan 2", "1999-12-31", "2000-01-02"),
        ("PARIS, Feb 29", "2001-03-01", "2000-02-29"),
        ("PARIS, March 3, 1987", None, "1987-03-03"),
        ("PARIS, March 3, 1987", "1999-03-03", "1987-03-03"),
        ("PARIS, Feb 29", "1999-03-01", "2000-02-29"),
        ("PARIS, Feb 30", "2001-02-27", None),
        ("PARIS, March 3", None, None),
        ("PARIS", "2001-02-27", None),
        ("", "2001-02-27", None),
        ("PARIS, Dec 31", "9999-12-30", "9999-12-31"),
    ],
)
def test_day_of_a_dateline_is_in_the_nearest_year(printed, near, expected):
    near = near and datetime.date.fromisoformat(near)
    assert day_of(printed, near) == (expected and datetime.date.fromisoformat(expected))
