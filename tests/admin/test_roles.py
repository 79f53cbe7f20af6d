"""Who may open and do what; every POST is tried by those who are not offered it, too."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from archive.desk import authority, correct
from archive.models import Alias, Article, Batch, BylineCode, Contributor, Entity, Source
from tests.admin.copies import COPY, SECOND

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "reader", "staff", "contributor", "archivist", "administrator")


@pytest.fixture
def sign_in(client_of):
    return lambda role: Client() if role == "anonymous" else client_of(role)


@pytest.fixture
def shelves(client_of, upload, decide):
    """A published article, a draft, a name and a code; the upload belongs to the account "owner"."""
    client = client_of("archivist", "owner")
    decide(client, upload(client, [("a.txt", COPY.encode())]), "publish")
    decide(client, upload(client, [("b.txt", SECOND.encode())]), "accept")
    authority.register_name(kind="person", name="Mirvan Takhti Rahim", spellings=["M. T. Rahim"])
    authority.register_code("NA", "Nima Azad")
    return Batch.objects.latest("pk")


def address(name, batch) -> str:
    """Return the address of a page of the admin that needs an object."""
    objects = {
        "archive_article_change": Article,
        "archive_article_history": Article,
        "archive_entity_change": Entity,
        "archive_contributor_change": Contributor,
        "archive_source_change": Source,
        "auth_user_change": User,
    }
    if name in ("upload_review", "upload_report"):
        return reverse(f"admin:{name}", args=[batch.pk])
    return reverse(f"admin:{name}", args=[objects[name].objects.first().pk] if name in objects else [])


# Page, and the roles that may open it. All others are sent to the sign-in page (not staff) or get 403.
OPEN_TO = {
    "index": ("staff", "contributor", "archivist", "administrator"),
    "upload": ("contributor", "archivist", "administrator"),
    "upload_review": ("archivist", "administrator"),
    "upload_report": ("archivist", "administrator"),
    "unknown_codes": ("contributor", "archivist", "administrator"),
    "health": ("archivist", "administrator"),
    "archive_article_changelist": ("contributor", "archivist", "administrator"),
    "archive_article_change": ("contributor", "archivist", "administrator"),
    "archive_article_history": ("contributor", "archivist", "administrator"),
    "archive_article_add": (),
    "archive_entity_changelist": ("contributor", "archivist", "administrator"),
    "archive_entity_change": ("contributor", "archivist", "administrator"),
    "archive_entity_add": ("archivist", "administrator"),
    "archive_contributor_changelist": ("contributor", "archivist", "administrator"),
    "archive_contributor_change": ("contributor", "archivist", "administrator"),
    "archive_contributor_add": ("archivist", "administrator"),
    "archive_source_changelist": ("contributor", "archivist", "administrator"),
    "archive_source_change": ("contributor", "archivist", "administrator"),
    "archive_source_add": ("archivist", "administrator"),
    "auth_user_changelist": ("administrator",),
    "auth_user_change": ("administrator",),
    "auth_user_add": ("administrator",),
    "auth_group_changelist": ("administrator",),
}


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_to_their_roles_only(sign_in, shelves, role):
    client = sign_in(role)
    expected, observed = {}, {}
    for name, roles in OPEN_TO.items():
        response = client.get(address(name, shelves))
        if name == "upload_review" and response.status_code == 302 and role in roles:
            response = client.get(response.url)  # All of it is decided, so it leads to the report.
        observed[name] = response.status_code
        expected[name] = 302 if role in ("anonymous", "reader") else 200 if role in roles else 403
    assert observed == expected


def test_contributors_do_not_see_each_others_uploads(client_of, upload):
    one, two = client_of("contributor", "one"), client_of("contributor", "two")
    batch = upload(one, [("mine.txt", COPY.encode())])
    assert one.get(batch.get_absolute_url()).status_code == 200
    assert two.get(batch.get_absolute_url()).status_code == 403
    assert two.get(reverse("admin:upload_report", args=[batch.pk])).status_code == 403
    assert two.post(batch.get_absolute_url(), {"action": "leave"}).status_code == 403
    assert batch.get_absolute_url() not in two.get(reverse("admin:upload")).content.decode()


def test_archivists_help_out_with_uploads(client_of, upload, decide):
    contributor, archivist = client_of("contributor"), client_of("archivist")
    batch = upload(contributor, [("a.txt", COPY.encode())])
    decide(archivist, batch, "publish")
    assert Article.objects.get().status == "published"


def test_contributor_cannot_forge_publishing_an_upload(client_of, upload, decide):
    client = client_of("contributor")
    batch = upload(client, [("a.txt", COPY.encode())])
    assert b"Accept and publish" not in client.get(batch.get_absolute_url()).content
    assert decide(client, batch, "publish").status_code == 403
    assert Article.objects.count() == 0


def test_contributor_cannot_forge_registering_a_code(client_of, upload, decide):
    client = client_of("contributor")
    batch = upload(client, [("a.txt", COPY.encode())])
    assert decide(client, batch, "register-PA", {"code-PA": "Me"}).status_code == 403
    data = {"code": "PA", "contributor_name": "Me"}
    assert client.post(reverse("admin:unknown_codes"), data).status_code == 403
    assert BylineCode.objects.count() == 0


def test_items_of_another_upload_cannot_be_forged_in(client_of, upload, decide):
    one, two = client_of("contributor", "one"), client_of("contributor", "two")
    theirs = upload(one, [("a.txt", COPY.encode())])
    mine = upload(two, [("b.txt", SECOND.encode())])
    item = theirs.files.get().items.get()
    changes = {
        "item": [item.pk],
        f"item-{item.pk}-accept": "on",
        f"item-{item.pk}-edition": "0",
        f"item-{item.pk}-was_seen": "nothing like it",
        f"item-{item.pk}-headline": "Forged",
    }
    decide(two, mine, "accept", changes)
    item.refresh_from_db()
    assert (item.state, item.fixes) == ("waiting", {})
    assert Article.objects.count() == 0


@pytest.mark.parametrize("action", ["publish_articles", "withdraw_articles"])
@pytest.mark.parametrize("role", ["anonymous", "reader", "staff", "contributor"])
def test_publishing_and_withdrawing_cannot_be_forged(sign_in, shelves, role, action):
    before = sorted(Article.objects.values_list("pk", "status"))
    data = {
        "action": action,
        "decided": "yes",
        "why": "Because.",
        ACTION_CHECKBOX_NAME: [pk for pk, _ in before],
    }
    sign_in(role).post(reverse("admin:archive_article_changelist"), data)
    assert sorted(Article.objects.values_list("pk", "status")) == before


def edited(article) -> dict:
    return {
        "headline": "Forged",
        "day": article.published_on.isoformat(),
        "time": "10:00",
        "place": "Elsewhere",
        "section": "",
        "sign_off": "",
        "body": "Forged.",
        "why": "Because.",
        "seen_version": article.version,
        "status": "published",
        "body_text": "Forged.",
        "slug": "forged",
    }


@pytest.mark.parametrize("status", ["published", "withdrawn"])
@pytest.mark.parametrize("role", ["anonymous", "reader", "staff", "contributor"])
def test_what_readers_saw_cannot_be_edited_by(sign_in, shelves, role, status):
    article = Article.objects.get(status="published")
    if status == "withdrawn":
        correct.withdraw(article, by=None, why="Wrong.")
        article.refresh_from_db()
    client = sign_in(role)
    response = client.post(address_of(article), edited(article))
    assert response.status_code == (302 if role in ("anonymous", "reader") else 403)
    article.refresh_from_db()
    assert article.headline == "Ministers agree to close cooperation"


def address_of(article) -> str:
    return reverse("admin:archive_article_change", args=[article.pk])


def test_contributor_edits_a_draft_and_it_stays_one(client_of, shelves):
    article = Article.objects.get(status="draft")
    response = client_of("contributor").post(address_of(article), edited(article))
    assert response.status_code == 302
    article.refresh_from_db()
    assert (article.headline, article.status) == ("Forged", "draft")
    assert article.slug == "ferry-to-ossa-runs-again"


@pytest.mark.parametrize("role", ["contributor", "archivist", "administrator"])
def test_nobody_deletes_articles_or_names(client_of, shelves, role):
    client = client_of(role)
    for name, model in (("article", Article), ("entity", Entity)):
        row = model.objects.first()
        url = reverse(f"admin:archive_{name}_delete", args=[row.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403
        data = {"action": "delete_selected", "post": "yes", ACTION_CHECKBOX_NAME: [row.pk]}
        client.post(reverse(f"admin:archive_{name}_changelist"), data)
        assert model.objects.filter(pk=row.pk).exists()


def test_contributor_cannot_forge_names_codes_or_sources(client_of, shelves):
    client = client_of("contributor")
    name, person, source = Entity.objects.get(), Contributor.objects.get(), Source.objects.get()
    posts = {
        reverse("admin:archive_entity_add"): {"kind": "person", "name": "Forged"},
        reverse("admin:archive_entity_change", args=[name.pk]): {
            "kind": "person",
            "name": "Forged",
            "aliases-TOTAL_FORMS": "1",
            "aliases-INITIAL_FORMS": "0",
            "aliases-0-text": "Forged",
        },
        reverse("admin:archive_contributor_add"): {"name": "Forged"},
        reverse("admin:archive_contributor_change", args=[person.pk]): {"name": "Forged"},
        reverse("admin:archive_source_add"): {
            "name": "Forged",
            "slug": "forged",
            "zone": "UTC",
            "language": "en",
        },
        reverse("admin:archive_source_change", args=[source.pk]): {"name": "Forged"},
    }
    assert {url: client.post(url, data).status_code for url, data in posts.items()} == dict.fromkeys(
        posts, 403
    )
    assert not Alias.objects.filter(text="Forged").exists()


def test_archivist_cannot_make_accounts(client_of):
    client = client_of("archivist")
    me = User.objects.get(username="archivist")
    data = {"username": "archivist", "is_staff": "on", "is_superuser": "on"}
    assert client.post(reverse("admin:auth_user_change", args=[me.pk]), data).status_code == 403
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize(
    "name", ["upload", "unknown_codes", "archive_article_changelist", "archive_entity_add"]
)
def test_posts_need_the_token(user_of, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user_of("administrator"))
    assert client.post(reverse(f"admin:{name}"), {}).status_code == 403


@pytest.mark.parametrize("name", ["upload_review", "upload_report", "health"])
def test_reports_refuse_other_methods(client_of, shelves, name):
    client = client_of("archivist")
    assert client.delete(address(name, shelves)).status_code == 405
