"""A real browser against a real server. See pyproject.toml for when these tests run."""

import os
import shutil
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import sync_playwright

from archive.desk.roles import ARCHIVIST, ensure_roles
from tests.conftest import RUN_ALL

# Quiet, and without a sandbox because build machines run as root in containers that forbid one.
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
# A busy machine may take its time; nothing waits longer than it has to.
TIMEOUT_MS = 120_000
USERNAME = "ana"
PASSWORD = "lighthouse keeper 1877"


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    """Debian's chromium, or the one that ARCHIVE_CHROMIUM names."""
    path = os.environ.get("ARCHIVE_CHROMIUM") or shutil.which("chromium")
    if not path:
        reason = "no chromium: install Debian's package, or name one with ARCHIVE_CHROMIUM"
        pytest.fail(reason) if RUN_ALL else pytest.skip(reason)
    # Playwright's loop runs in this thread, which Django takes for an asynchronous one.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser, live_server):
    """A function that opens a page of the live server in a window of its own: `open_page(address, width=390)`.

    A page that breaks a rule of the content security policy, or whose script fails, fails the test.
    """
    contexts, complaints = [], []

    def open_page(address="/", *, width=1280, height=900, scheme="light", scripts=True):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message, complaints))
        if address:
            page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page):
    """An empty window; addresses are relative to the live server."""
    return open_page(address="")


@pytest.fixture
def archivist(django_user_model):
    """An archivist who can sign in as USERNAME with PASSWORD."""
    ensure_roles()
    user = django_user_model.objects.create_user(USERNAME, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=ARCHIVIST))
    return user


@pytest.fixture
def sign_in(archivist, client, live_server):
    """A function that signs a window in as the archivist and opens an address: `sign_in(page, address)`."""
    client.force_login(archivist)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}

    def sign_in(page, address):
        page.context.add_cookies([cookie])
        page.goto(address)
        return page

    return sign_in


def _note(message, complaints: list[str]) -> None:
    """Keep what the browser objects to, except that a page of an error has an error's status."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        complaints.append(message.text)
