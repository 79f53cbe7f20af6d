import pytest
from django.core.exceptions import ValidationError

from archive.desk.authority import add_spelling, add_spellings, register_name
from archive.desk.spellings import NEEDS_CONFIRMATION, check, find_doubt
from tests.desk.stories import named_in, take_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A", "single letter"),
        ("z.", "single letter"),
        ("Я", "single letter"),
        ("7", "single letter"),
        ("the", "common word"),
        ("The", "common word"),
        ("Bank", "common word"),
        ("Minister", "common word"),
        ("Monday", "common word"),
        ("NA", ""),
        ("US", ""),
        ("Varra", ""),
        ("The Bank", ""),
        ("رحیم", ""),
        ("李", ""),
        ("O'Neil", ""),
    ],
)
def test_spelling_that_means_too_much_needs_confirmation(text, reason):
    assert reason in find_doubt(text)
    assert bool(find_doubt(text)) == bool(reason)
    if reason:
        with pytest.raises(ValidationError) as caught:
            check(text)
        assert caught.value.code == NEEDS_CONFIRMATION
    assert check(text, confirm=True) == text


@pytest.mark.parametrize("text", ["", "  ", "---", "…", "\0", "x" * 201])
def test_what_is_no_spelling_is_refused_even_when_confirmed(text):
    with pytest.raises(ValidationError):
        check(text, confirm=True)


def test_confirmed_common_word_is_registered():
    entity = register_name(kind="organisation", name="Bank", confirm=True)
    assert entity.aliases.get().text == "Bank"


def test_one_doubtful_spelling_registers_none_of_them():
    entity = register_name(kind="person", name="Lena Moss")
    with pytest.raises(ValidationError):
        add_spellings(entity, ["L. Moss", "the"])
    assert [alias.text for alias in entity.aliases.all()] == ["Lena Moss"]


@pytest.mark.parametrize(
    ("spelling", "paragraph", "found"),
    [
        ("میروان رحیم", "میروان رحیم گفت که کشتی‌ها برمی‌گردند.", ["میروان رحیم"]),
        ("محمد Rahim", "Yesterday محمد Rahim spoke.", ["محمد Rahim"]),
        ("Lianhai", "See https://lianhai.example/news or write to desk@lianhai.example today.", []),
        ("Lianhai", "Lianhai closed.", ["Lianhai"]),
        ("Łódź Čapek", "Then Łódź Čapek spoke.", ["Łódź Čapek"]),
    ],
)
def test_spellings_of_any_script_are_found_but_not_inside_addresses(spelling, paragraph, found):
    entity = register_name(kind="person", name="Some Body Else")
    add_spelling(entity, spelling)
    assert [text for text, _ in named_in(take_in(paragraph))] == found


def test_ten_thousand_spellings_on_one_name(django_assert_max_num_queries):
    entity = register_name(kind="person", name="Lena Moss")
    article = take_in("Then Lena Moss9998x spoke.")
    texts = [f"Lena Moss{number}x" for number in range(10_000)]
    add_spellings(entity, texts)
    assert entity.aliases.count() == 10_001
    assert [text for text, _ in named_in(article)] == ["Lena Moss9998x"]
