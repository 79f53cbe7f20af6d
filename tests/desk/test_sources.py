"""Who filed it: registered once, whoever asks first."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from archive.desk.sources import get_or_register_source
from archive.models import Source


@pytest.mark.django_db
class TestRegistering:
    def test_new_source_gets_the_values_given(self):
        source = get_or_register_source("Tehran Desk", zone="Asia/Tehran", language="fa")
        assert (source.slug, source.name, source.zone, source.language) == (
            "tehran-desk", "Tehran desk", "Asia/Tehran", "fa",
        )  # fmt: skip

    def test_known_source_keeps_its_values(self):
        first = get_or_register_source("wire", zone="Asia/Tehran")
        again = get_or_register_source("wire", zone="Europe/Zurich")
        assert (again.pk, again.zone) == (first.pk, "Asia/Tehran")

    def test_zone_that_does_not_exist_is_refused(self):
        with pytest.raises(ValidationError, match="Mars/Olympus"):
            get_or_register_source("wire", zone="Mars/Olympus")
        assert not Source.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_source_that_another_import_registers_at_the_same_moment_is_shared():
    looked, found = threading.Event(), []

    def tell_after_looking(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        looked.set()
        return result

    def register():
        with connection.execute_wrapper(tell_after_looking):
            found.append(get_or_register_source("wire"))
        connection.close()

    other = threading.Thread(target=register)
    with transaction.atomic():
        source = Source.objects.create(slug="wire", name="Wire")
        other.start()
        assert looked.wait(timeout=300)
    other.join(timeout=300)
    assert found == [source]
    assert Source.objects.count() == 1
