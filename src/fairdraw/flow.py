"""The residual network behind the matching (匹配网络): who could stand where, and who must move."""

from __future__ import annotations

from collections import deque
from typing import Dict, Iterable, List, Optional, Sequence, Set, Tuple


class Flow:
    """An assignment of slots to inspectors (席位指派) that can be repaired by one path at a time.

    slots and inspectors are numbers; ``team[slot]`` is the target of a slot; nobody stands twice
    on one target; ``load`` never exceeds ``limit``. Slots in ``fixed`` never move.
    """

    def __init__(
        self, choices: Sequence[Sequence[int]], team: Sequence[int], limit: Sequence[int]
    ) -> None:
        self.choices = choices
        self.team = team
        self.limit = list(limit)
        self.load = [0] * len(limit)
        self.holder: List[Optional[int]] = [None] * len(choices)
        self.held: List[Set[int]] = [set() for _ in limit]
        self.pair: Dict[Tuple[int, int], int] = {}
        self.fixed: Set[int] = set()

    def put(self, slot: int, inspector: int) -> None:
        """Give a free slot to an inspector."""
        self.holder[slot] = inspector
        self.held[inspector].add(slot)
        self.pair[inspector, self.team[slot]] = slot
        self.load[inspector] += 1

    def take(self, slot: int) -> Optional[int]:
        """Free a slot and return who held it."""
        inspector = self.holder[slot]
        if inspector is not None:
            self.holder[slot] = None
            self.held[inspector].discard(slot)
            if self.pair.get((inspector, self.team[slot])) == slot:
                del self.pair[inspector, self.team[slot]]
            self.load[inspector] -= 1
        return inspector

    def augment(self, starts: Iterable[int]) -> Optional[Set[int]]:
        """Find a place for one of ``starts`` by moving others along a shortest path.

        Returns None on success, with the path carried out; else the slots that the search
        reached: all of them compete for too few people (Hall's condition).
        """
        parent: Dict[int, Optional[Tuple[int, int]]] = dict.fromkeys(starts)
        opened: Set[int] = set()
        queue = deque(parent)
        while queue:
            slot = queue.popleft()
            here = self.team[slot]
            for inspector in self.choices[slot]:
                standing = self.pair.get((inspector, here))
                if standing is not None:
                    if standing not in parent and standing not in self.fixed:
                        parent[standing] = (slot, inspector)
                        queue.append(standing)
                elif self.load[inspector] < self.limit[inspector]:
                    self._carry_out(slot, inspector, parent)
                    return None
                elif inspector not in opened:
                    opened.add(inspector)
                    for other in self.held[inspector]:
                        if other not in parent and other not in self.fixed:
                            parent[other] = (slot, inspector)
                            queue.append(other)
        return set(parent)

    def _carry_out(
        self, slot: int, inspector: int, parent: Dict[int, Optional[Tuple[int, int]]]
    ) -> None:
        moves = [(slot, inspector)]
        while True:
            before = parent[moves[-1][0]]
            if before is None:
                break
            moves.append(before)
        for moved, _ in moves:
            self.take(moved)
        for moved, to in moves:
            self.put(moved, to)

    def force(self, slot: int, inspector: int) -> bool:
        """Fix ``slot`` on ``inspector`` if all others can still be placed; else change nothing."""
        if self.holder[slot] == inspector:
            self.fixed.add(slot)
            return True
        before = self.take(slot)
        standing = self.pair.get((inspector, self.team[slot]))
        if standing is not None:
            displaced = [standing]
        elif self.load[inspector] >= self.limit[inspector]:
            displaced = [other for other in self.held[inspector] if other not in self.fixed]
        else:
            displaced = []
            self.put(slot, inspector)
            self.fixed.add(slot)
            return True
        if self._displace(slot, inspector, displaced):
            return True
        if before is not None:
            self.put(slot, before)
        return False

    def _displace(self, slot: int, inspector: int, displaced: Sequence[int]) -> bool:
        """Put ``slot`` in and move one of ``displaced`` elsewhere, or leave all as it was."""
        if not displaced:
            return False
        same_team = self.team[displaced[0]] == self.team[slot]
        if same_team:
            self.take(displaced[0])
        self.put(slot, inspector)
        self.fixed.add(slot)
        if self.augment(sorted(displaced)) is None:
            return True
        self.fixed.discard(slot)
        self.take(slot)
        if same_team:
            self.put(displaced[0], inspector)
        return False
