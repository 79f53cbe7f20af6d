"""Our Whoosh engine keeps the contract of all engines."""

from .contract import EngineContract


class TestWhooshEngine(EngineContract):
    engine = "archive.search.engines.whoosh.WhooshEngine"

    def options(self, tmp_path):
        return {"PATH": str(tmp_path / "index"), "TIMEOUT": 2}
