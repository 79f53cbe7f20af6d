"""Groups that grow together, unless somebody said that two of their members are different."""

from collections.abc import Iterable, Iterator


class Groups:
    """Disjoint sets of article ids; `apart` holds pairs (lower, higher) that must not end up in one."""

    def __init__(self, groups: Iterable[set[int]], apart: set[tuple[int, int]]):
        self._group_of: dict[int, set[int]] = {}
        self._apart = apart
        for members in map(set, groups):
            for member in members:
                self._group_of[member] = members

    def join(self, first: int, second: int) -> bool:
        """Put the groups of two members together; False if that would join a pair that is apart."""
        ours = self._group_of.setdefault(first, {first})
        theirs = self._group_of.setdefault(second, {second})
        if ours is theirs:
            return True
        if self._apart and any(self._are_apart(one, other) for one in ours for other in theirs):
            return False
        small, large = sorted((ours, theirs), key=len)
        large |= small
        for member in small:
            self._group_of[member] = large
        return True

    def _are_apart(self, one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) in self._apart

    def __iter__(self) -> Iterator[set[int]]:
        """Yield each group once."""
        return iter({id(group): group for group in self._group_of.values()}.values())
