import pytest

from archive.desk.slugs import slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Ministers agree to share", "ministers-agree-to-share"),
        ("The minister’s “plan”: 2 + 2", "the-ministers-plan-2-2"),
        ("Élections à Genève", "elections-a-geneve"),
        ("تخت روانچی", "tkht-rwnchy"),
        ("Чечения", "checheniya"),
        ("!!!", "untitled"),
        ("", "untitled"),
        ("a" * 200, "a" * 80),
        ("word " * 40, "-".join(["word"] * 16)),
    ],
)
def test_slug_is_plain_words(text, slug):
    assert slugify(text) == slug
