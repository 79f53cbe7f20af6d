"""outbox -> index."""


def drain_after_commit(**_signal) -> None:
    """Placeholder until the engine is in place."""
