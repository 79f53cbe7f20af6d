"""What an update or a rebuild did."""

from dataclasses import dataclass, field


@dataclass
class UpdateReport:
    """Say how many documents are in the index now, which were taken out, and which could not be taken in.

    `failed` names each as (identifier, reason); the others are not touched by it.
    """

    indexed: int = 0
    removed: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    def __add__(self, other: "UpdateReport") -> "UpdateReport":
        return UpdateReport(
            self.indexed + other.indexed, self.removed + other.removed, self.failed + other.failed
        )
