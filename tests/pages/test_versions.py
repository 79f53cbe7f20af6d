import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from archive.desk import correct
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db):
    """A story in two versions."""
    editor = User.objects.create_user("e.ditor", is_staff=True)
    editor.groups.add(Group.objects.get(name="archivist"))
    article = take_in("The toll is <b>41</b>.")
    correct.edit(article, {"headline": "Ferry <sinks>"}, by=editor, why="It <has> sunk.")
    article.refresh_from_db()
    return article


def text_of(page):
    return page.content.decode()


def test_article_leads_to_its_versions_once_there_are_several(reader, story):
    assert f'href="{story.get_absolute_url()}versions/">versions (2)</a>' in text_of(
        reader.get(story.get_absolute_url())
    )
    single = take_in("Only once.")
    assert "versions (" not in text_of(reader.get(single.get_absolute_url()))


def test_list_tells_number_time_reason_and_difference(reader, story):
    page = text_of(reader.get(story.get_absolute_url() + "versions/"))
    assert "2 versions" in page
    assert "It &lt;has&gt; sunk." in page
    assert "<ins>Ferry &lt;sinks&gt;</ins>" in page
    assert "<del>Ferries sail again" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "e.ditor" not in page


def test_archivists_see_who(story):
    client = Client()
    client.force_login(User.objects.get(username="e.ditor"))
    page = client.get(story.get_absolute_url() + "versions/")
    assert "e.ditor" in text_of(page)
    assert "Cookie" in page["Vary"]


def test_old_version_has_an_address_and_says_what_it_is(reader, story):
    page = text_of(reader.get(story.get_absolute_url() + "versions/1/"))
    assert "This is version 1 of this story" in page
    assert "Read the current version (2)" in page
    assert "<h1" in page
    assert "Ferries sail again" in page
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="http://testserver{story.get_absolute_url()}">' in page
    assert "&lt;b&gt;41" in page
    assert "This is version 2, the current one" in text_of(
        reader.get(story.get_absolute_url() + "versions/2/")
    )


def test_version_that_readers_never_saw_is_not_found(reader):
    article = take_in("Secret.", publish=False)
    article = correct.edit(article, {"headline": "Public"}, by=None, why="Draft.")
    correct.publish(article, by=None)
    article.refresh_from_db()
    assert reader.get(article.get_absolute_url() + "versions/1/").status_code == 404
    assert reader.get(article.get_absolute_url() + "versions/3/").status_code == 200
    assert "Ferries sail again" not in text_of(reader.get(article.get_absolute_url() + "versions/"))


@pytest.mark.parametrize("below", ["versions/", "versions/1/", "received/"])
def test_withdrawn_story_has_no_pages_left(reader, story, below):
    correct.withdraw(story, by=None, why="Untrue.")
    page = reader.get(story.get_absolute_url() + below)
    assert page.status_code == 410
    assert "Ferry" not in text_of(page)


@pytest.mark.parametrize("below", ["versions/", "versions/1/", "received/"])
def test_drafts_have_no_pages(reader, below):
    draft = take_in("Secret.", publish=False)
    assert reader.get(draft.get_absolute_url() + below).status_code == 404


@pytest.mark.parametrize(
    ("asked", "led_to"), [("versions/01/", "versions/1/"), ("versions/2/?a=b", "versions/2/?a=b")]
)
def test_odd_addresses_lead_to_the_right_one(reader, story, asked, led_to):
    page = reader.get(story.get_absolute_url() + asked, follow=True)
    chain = [url for url, _ in page.redirect_chain]
    assert chain == ([] if asked == led_to else [story.get_absolute_url() + led_to])


def test_address_with_an_old_day_keeps_what_lies_below(reader, story):
    old = story.get_absolute_url()
    correct.edit(story, {"published_on": story.published_on.replace(day=9)}, by=None, why="Day before.")
    story.refresh_from_db()
    assert reader.get(old + "versions/")["Location"] == story.get_absolute_url() + "versions/"
