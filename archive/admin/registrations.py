"""Brings in the modules that register models with the admin site."""

from archive.admin import articles, bylines, names, quotes, sources

__all__ = ["articles", "bylines", "names", "quotes", "sources"]
