import pytest

from archive.desk.titles_held import find_title

NAME = "Mirvan Rahim"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Talks with Fisheries Minister Mirvan Rahim began.", "Fisheries Minister"),
        ("On Monday Foreign Minister Mirvan Rahim left.", "Foreign Minister"),
        ("Deputy Foreign Minister Mirvan Rahim left.", "Deputy Foreign Minister"),
        ("“No,” said President Mirvan Rahim.", "President"),
        ("Then Mirvan Rahim, the fisheries minister, left.", "fisheries minister"),
        ("Then Mirvan Rahim, chairman of the council, left.", "chairman of the council"),
        ("The central bank's governor Mirvan Rahim left.", "governor"),
        ("Mr. Mirvan Rahim left.", ""),
        ("Dr Mirvan Rahim left.", ""),
        ("Mirvan Rahim, who was minister, left.", ""),
        ("Mirvan Rahim, 34, left.", ""),
        ("Mirvan Rahim left.", ""),
        ("Then Mirvan Rahim, Lena Moss and others left.", ""),
        ("The minister left. Mirvan Rahim stayed.", ""),
    ],
)
def test_title_is_read_before_or_after_the_name(text, title):
    start = text.index(NAME)
    assert find_title(text, start, start + len(NAME)) == title


@pytest.mark.parametrize("text", ["", "Minister " * 50_000, "a, " * 50_000])
def test_long_or_empty_text_takes_no_time(text):
    find_title(text, len(text), len(text))
