"""The engines that are compared, behind one small interface."""

from importlib import import_module
from pathlib import Path
from typing import Final

from .base import Engine

# Modules are imported when asked for: a process that serves one engine must not pay for the others.
REGISTRY: Final = {
    "ours": "ours.OursEngine",
    "ours-haystack": "ours.OursHaystackEngine",
    "stock": "stock.StockEngine",
    "fts5": "fts5.FTS5Engine",
    "tantivy": "tantivy.TantivyEngine",
}


def make_engine(name: str, folder: Path) -> Engine:
    """Return the engine of that name over its index in `folder`."""
    module, _, attribute = REGISTRY[name].partition(".")
    return getattr(import_module(f"{__name__}.{module}"), attribute)(folder)
