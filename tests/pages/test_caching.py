"""What readers and the desk see differently must not be kept by a cache that both of them use."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils.cache import has_vary_header

from archive.desk import correct
from archive.desk.authority import register_name
from tests.desk.stories import take_in

pytestmark = pytest.mark.django_db

PAGES = {
    "home": "/",
    "story": "{story}",
    "versions": "{story}versions/",
    "version": "{story}versions/1/",
    "received": "{story}received/",
    "day": "/2004/07/10/",
    "month": "/2004/07/",
    "year": "/2004/",
    "calendar": "/calendar/",
    "names": "/names/",
    "name": "/names/mirvan-rahim/",
    "bylines": "/bylines/",
    "search": "/search/?q=ferries",
    "advanced": "/search/advanced/",
    "help": "/search/help/",
}


@pytest.fixture
def story(db, empty_index):
    register_name(kind="person", name="Mirvan Rahim")
    by = User.objects.create_user("e.ditor", is_staff=True)
    by.groups.add(Group.objects.get(name="archivist"))
    article = take_in("Mirvan Rahim sailed.")
    return correct.edit(article, {"section": "Sea"}, by=by, why="Where it belongs.")


@pytest.mark.parametrize("name", PAGES)
def test_page_that_differs_for_the_desk_is_private_there(reader, story, name):
    desk = Client()
    desk.force_login(User.objects.get(username="e.ditor"))
    url = PAGES[name].format(story=story.get_absolute_url())
    for_readers, for_desk = reader.get(url), desk.get(url)
    assert for_readers.status_code == for_desk.status_code == 200
    if _main(for_readers) != _main(for_desk):
        assert has_vary_header(for_readers, "Cookie")
        assert has_vary_header(for_desk, "Cookie")
        assert {"private", "no-store"} & set(for_desk["Cache-Control"].replace(" ", "").split(","))


def test_versions_name_people_to_the_desk_alone(reader, story):
    desk = Client()
    desk.force_login(User.objects.get(username="e.ditor"))
    url = story.get_absolute_url() + "versions/"
    assert desk.get(url)["Cache-Control"] == "private"
    assert "e.ditor" in _main(desk.get(url))
    assert "e.ditor" not in _main(reader.get(url))


def _main(page) -> str:
    return page.content.decode()
