"""Spellings of one name fall together; different names stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.names.folding import NameTable, fold, plain_key, similar, split_title

SAME = [
    # hyphen, space, joined
    ("Takht Ravanchi", "Takht-Ravanchi"),
    ("Takht Ravanchi", "Takhtravanchi"),
    ("Majid Takht Ravanchi", "Majid Takhtravanchi"),
    ("Rolls-Royce", "Rolls Royce"),
    ("Ahmadi Nejad", "Ahmadinejad"),
    ("Qalibaf", "Ghalibaf"),
    # accents and apostrophes
    ("Łódź", "Lodz"),
    ("São Paulo", "Sao Paulo"),
    ("O’Brien", "OBrien"),
    ("O'Brien", "O’Brien"),
    ("Sana'a", "Sanaa"),
    ("Zoe\u0308 Baird", "Zoë Baird"),
    # articles and ezafe
    ("Bashar al-Assad", "Bashar el Assad"),
    ("Bashar al-Assad", "Bashar Assad"),
    ("Mohamed ElBaradei", "Mohammed El Baradei"),
    ("Al-Jazeera", "Al Jazeera"),
    ("Abdul Rahman", "Abd al-Rahman"),
    ("Abdallah Abdullah", "Abdullah Abdallah"),
    ("Hezb-e Islami", "Hezb Islami"),
    ("Jomhouri-ye Eslami", "Jomhouri Eslami"),
    # Persian and Arabic
    ("Mohammad Javad Zarif", "Muhammad Jawad Zarif"),
    ("Mohamed Mursi", "Muhammad Mursi"),
    ("Hossein Amir Abdollahian", "Hussein Amir-Abdollahian"),
    ("Mahmoud Abbas", "Mahmud Abbas"),
    ("Muammar Gaddafi", "Moammar Qadhafi"),
    ("Saddam Hussein", "Saddam Husayn"),
    ("Ebrahim Raisi", "Ibrahim Raisi"),
    # letter forms
    ("علی اکبر", "علي اكبر"),
    ("تخت‌روانچی", "تخت روانچي"),
    # Cyrillic
    ("Mikhail Gorbachev", "Mikhail Gorbachov"),
    ("Boris Yeltsin", "Boris Jelzin"),
    ("Volodymyr Zelensky", "Volodymyr Zelenskyy"),
    ("Volodymyr Zelenskiy", "Volodymyr Zelenskyi"),
    ("Sergei Ryabkov", "Sergey Riabkov"),
    ("Горбачёв", "Gorbachev"),
    ("Рябков", "Ryabkov"),
    # Chinese
    ("Mao Tse-tung", "Mao Zedong"),
    ("Chou En-lai", "Zhou Enlai"),
    ("Teng Hsiao-p’ing", "Deng Xiaoping"),
    ("Chiang Kai-shek", "Jiang Jieshi"),
    ("毛泽东", "Mao Zedong"),
    # initials, titles, order
    ("J. R. R. Tolkien", "J.R.R. Tolkien"),
    ("U.S.", "US"),
    ("Mr. Ravanchi", "Ravanchi"),
    ("Foreign Minister Mohammad Javad Zarif", "Mohammad Javad Zarif"),
    ("Dr. Hassan Rouhani", "Hassan Rouhani"),
    ("Ayatollah Seyyed Ali Khamenei", "Ali Khamenei"),
    ("Ravanchi, Majid Takht", "Majid Takht Ravanchi"),
    ("Nelson Mandela’s", "Nelson Mandela"),
]

DIFFERENT = [
    ("Iran", "Iraq"),
    ("Niger", "Nigeria"),
    ("Mohammad Khatami", "Mehdi Khatami"),
    ("Austria", "Australia"),
    ("Slovakia", "Slovenia"),
    ("Gambia", "Zambia"),
    ("Guinea", "Guyana"),
    ("Ghana", "Qana"),
    ("Louis", "Luis"),
    ("Houston", "Huston"),
    ("King Abdullah", "Abdullah"),
    ("Al Gore", "Gore"),
    ("General Motors", "Motors"),
    ("Möller", "Müller"),
    ("Hassan Rouhani", "Hossein Rouhani"),
    ("Ali Larijani", "Sadeq Larijani"),
    ("Kim Jong-il", "Kim Jong-un"),
    ("George Bush", "G. Bush"),
    ("North Korea", "South Korea"),
    ("Sergei Ivanov", "Sergei Ivanova"),
    ("Congo", "Kongsberg"),
    ("Dominica", "Dominican"),
    ("Hun Sen", "Hansen"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_share_a_key(one, other):
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_names_keep_different_keys(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "title", "name"),
    [
        ("Mr. Ravanchi", "Mr.", "Ravanchi"),
        ("Iranian Foreign Minister Mohammad Javad Zarif", "Iranian Foreign Minister", "Mohammad Javad Zarif"),
        ("former U.S. Secretary of State John Kerry", "former U.S. Secretary of State", "John Kerry"),
        ("Vice-President Al Gore", "Vice-President", "Al Gore"),
        ("President", "", "President"),
        ("General Motors", "", "General Motors"),
        ("General Electric Corp.", "", "General Electric Corp."),
        ("Attorney General", "", "Attorney General"),
        ("Dr. King", "Dr.", "King"),
        ("Martin Luther King Jr.", "", "Martin Luther King"),
        ("Javad Zarif", "", "Javad Zarif"),
        ("", "", ""),
    ],
)
def test_titles_are_parted_from_names(text, title, name):
    assert split_title(text) == (title, name)


REGISTERED = [
    ("Majid Takht Ravanchi", 1),
    ("Mohammad Javad Zarif", 2),
    ("International Atomic Energy Agency", 3),
    ("Mohammad Khatami", 4),
    ("Mehdi Khatami", 5),
    ("Iraq", 6),
    ("Nigeria", 7),
    ("George Bush", 8),
    ("Mikhail Gorbachev", 9),
    ("Hosni Mubarak", 10),
    ("Yasser Arafat", 11),
    ("Osama bin Laden", 12),
    ("Hezbollah", 13),
    ("Ayman al-Zawahiri", 14),
    ("Qasem Soleimani", 15),
    ("Isfahan", 16),
]


@pytest.mark.parametrize(
    ("name", "name_id", "score", "words_of_the_reason"),
    [
        ("majid takht-ravanchi", 1, 1.0, "hyphens"),
        ("Ambassador Majid Takhtravanchi", 1, 0.97, "title"),
        ("Muhammad Jawad Zarif", 2, 0.95, "transliteration"),
        ("محمد جواد ظریف", 2, 0.88, "another script"),
        ("Mohammad Zarif", 2, 0.85, "middle name"),
        ("Zarif", 2, 0.7, "ends in the same name"),
        ("Takhtravanchi", 1, 0.7, "ends in the same name"),
        ("IAEA", 3, 0.8, "initials"),
        ("G. Bush", 8, 0.85, "initials agree"),
        ("Husni Mubarak", 10, 0.72, "same consonants"),
        ("Yasir Arafat", 11, 0.72, "same consonants"),
        ("Usama bin Ladin", 12, 0.72, "same consonants"),
        ("Hizbullah", 13, 0.72, "same consonants"),
        ("Ayman Al Zawahri", 14, 0.72, "same consonants"),
        ("Qassim Suleimani", 15, 0.72, "same consonants"),
        ("Esfahan", 16, 0.72, "same consonants"),
        ("Mikhail Gorbachef", 9, 0.75, "one letter"),
    ],
)
def test_likely_name_ranks_first_with_its_reason(name, name_id, score, words_of_the_reason):
    first = similar(name, REGISTERED)[0]
    assert (first.name_id, first.score) == (name_id, pytest.approx(score, abs=0.02))
    assert words_of_the_reason in first.reason


@pytest.mark.parametrize(
    "name", ["Iran", "Niger", "Hassan Khatami", "Barbara Bush", "Husain Mubarak", "", "…"]
)
def test_names_that_only_look_alike_are_not_proposed(name):
    assert similar(name, REGISTERED) == []


def test_shared_surname_proposes_every_bearer():
    assert {candidate.name_id for candidate in similar("Khatami", REGISTERED)} == {4, 5}


def test_one_table_serves_many_names():
    table = NameTable(REGISTERED)
    assert [similar(name, table)[0].name_id for name in ("Zarif", "Iraq")] == [2, 6]


@given(st.text(max_size=60))
def test_any_text_folds_to_plain_ascii(name):
    assert fold(name).isascii()
    assert plain_key(name).isascii()
    assert fold(name) == fold(f" {name} ")


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_names_can_be_compared(name, other):
    assert all(0 < candidate.score <= 1 for candidate in similar(name, [(other, 1)]))
