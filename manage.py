#!/usr/bin/env python
"""Run Django's and Dateline's commands; `manage.py help` lists them."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "archive.settings")
    # The shell user owns this machine: without other settings, commands work on a local archive that
    # answers on localhost only and keeps a generated secret in its data folder. wsgi.py sets no such default.
    os.environ.setdefault("ARCHIVE_LOCAL", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
