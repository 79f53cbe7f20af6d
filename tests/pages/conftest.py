import pytest
from django.test import Client

from tests.factories import make_code, make_entity, make_former, make_original, make_story_about


@pytest.fixture
def reader(db):
    """A reader without an account; errors are answered, not raised."""
    return Client(raise_request_exception=False)


@pytest.fixture
def wire(db):
    """A small archive: two people and a place in five published stories, one withdrawn and one draft."""

    class Wire:
        rahim = make_entity("Mirvan Takhti Rahim", spellings=["Takhti-Rahim", "میروان تختی‌رحیم"])
        corbaz = make_entity("Anne-Lise Corbaz")
        varra = make_entity("Varra", kind="place")
        unread = make_entity("Only In Drafts")
        talks = make_story_about(
            rahim, corbaz, headline="Talks open", on="1999-07-10", at="09:30", sign_off="NA/PA", place="Varra"
        )
        pause = make_story_about(rahim, headline="Talks pause", on="1999-07-10", at="12:00", sign_off="NA")
        treaty = make_story_about(rahim, corbaz, varra, headline="Treaty signed", on="1999-07-10", at="22:07")
        later = make_story_about(
            rahim, varra, headline="Treaty in force", on="2001-03-01", sign_off="PA/SM/NA"
        )
        weather = make_story_about(varra, headline="Rain in Varra", on="2001-03-02", at="")
        draft = make_story_about(
            rahim, unread, headline="Secret draft", on="1999-07-10", status="draft", sign_off="ZZ"
        )
        withdrawn = make_story_about(
            rahim, unread, headline="Withdrawn claim", on="1999-07-11", status="withdrawn", sign_off="YY"
        )

    make_code("NA", "Nasrin Avadi")
    make_code("SM", "Salma Murjani", valid_to="2000-12-31")
    make_code("SM", "Stefan Moritzkeller", valid_from="2001-01-01")
    make_original(Wire.talks)
    make_former("/1999/07/09/talks-open/", article=Wire.talks)
    make_former("/names/takhtirahim/", entity=Wire.rahim)
    return Wire
