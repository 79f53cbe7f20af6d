"""What a command does first in a data folder that nobody has used yet."""

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from archive.desk.ingest import why_not_written


def make_tables() -> None:
    """Make the tables of an archive that has none yet, so that copy can come in before anybody served it.

    Raise CommandError if that fails, or if the tables are those of an earlier version: their change is not
    to be had by the way.
    """
    try:
        if not connection.introspection.table_names():
            call_command("migrate", verbosity=0)
            return
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise CommandError(why_not_written(error)) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(
            "The database was made by an earlier version. Back it up, then run “manage.py serve” or "
            "“manage.py migrate” once, which bring it up to date."
        )
