"""Who may do what: the groups that come with every archive.

Readers need no account. A contributor writes drafts; an archivist also publishes, withdraws and registers
names, codes and sources; an administrator does everything and looks after the accounts.
"""

from typing import Final

from django.contrib.auth.models import Group, Permission

CONTRIBUTOR: Final = "contributor"
ARCHIVIST: Final = "archivist"
ADMINISTRATOR: Final = "administrator"

_CONTRIBUTOR_PERMISSIONS: Final = {
    *("view_article add_article change_article view_original view_credit view_revision".split()),
    *("view_source view_entity view_alias view_mention view_contributor view_bylinecode".split()),
}
_ARCHIVIST_PERMISSIONS: Final = _CONTRIBUTOR_PERMISSIONS | {
    "publish_article",
    "view_indextask",
    *(
        f"{action}_{model}"
        for action in ("add", "change")
        for model in ("source", "entity", "alias", "contributor", "bylinecode")
    ),
    *("delete_alias delete_bylinecode".split()),
}


def ensure_roles(**_signal) -> None:
    """Create the groups, and give them the permissions they should have; runs after every migration."""
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
