import pytest
from django.contrib.auth.models import Group

from archive.desk.roles import ADMINISTRATOR, ARCHIVIST, CONTRIBUTOR

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "can", "cannot"),
    [
        (CONTRIBUTOR, "add_article", "publish_article"),
        (CONTRIBUTOR, "view_entity", "add_entity"),
        (ARCHIVIST, "publish_article", "delete_article"),
        (ARCHIVIST, "add_bylinecode", "add_user"),
        (ADMINISTRATOR, "add_user", None),
    ],
)
def test_role_has_its_permissions_after_the_first_migration(role, can, cannot):
    codenames = set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))
    assert can in codenames
    assert cannot not in codenames
