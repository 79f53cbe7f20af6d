import pytest

from archive.wire.datelines import find_dateline, normal_case, parse_dateline


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
