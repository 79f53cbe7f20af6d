"""Our Whoosh engine keeps the contract of all engines."""

from .contract import EngineContract
from .sample.engine import WhooshSampleEngine


class TestWhooshEngine(WhooshSampleEngine, EngineContract):
    """Skips nothing."""
