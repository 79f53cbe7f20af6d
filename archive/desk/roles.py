"""Who may do what: the groups that come with every archive.

Readers need no account. A contributor writes drafts; an archivist also publishes, withdraws and registers
names, codes and sources; an administrator does everything and looks after the accounts.
"""

from typing import Final

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

CONTRIBUTOR: Final = "contributor"
ARCHIVIST: Final = "archivist"
ADMINISTRATOR: Final = "administrator"

_CONTRIBUTOR_PERMISSIONS: Final = {
    *("view_article", "add_article", "change_article", "view_original", "view_credit", "view_revision"),
    *("view_source", "view_entity", "view_alias", "view_mention", "view_contributor", "view_bylinecode"),
}
_ARCHIVIST_PERMISSIONS: Final = _CONTRIBUTOR_PERMISSIONS | {
    "publish_article",
    "view_batch",
    "view_indextask",
    "view_searchlogentry",
    *(
        f"{action}_{model}"
        for action in ("add", "change")
        for model in ("source", "entity", "alias", "contributor", "bylinecode")
    ),
    *("delete_alias", "delete_bylinecode"),
}


def ensure_roles(**_signal) -> None:
    """Create the groups, and give them the permissions they should have; runs after every migration."""
    # Django makes an app's permissions in the same signal, perhaps after this.
    for label in ("auth", "archive"):
        create_permissions(apps.get_app_config(label), verbosity=0)
    permissions = {
        permission.codename: permission
        for permission in Permission.objects.filter(content_type__app_label__in=["archive", "auth"])
    }
    for name, codenames in (
        (CONTRIBUTOR, _CONTRIBUTOR_PERMISSIONS),
        (ARCHIVIST, _ARCHIVIST_PERMISSIONS),
        (ADMINISTRATOR, set(permissions)),
    ):
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(permissions[codename] for codename in codenames if codename in permissions)
