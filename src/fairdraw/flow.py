"""The residual network behind the matching (匹配网络): who could stand where, and who must move."""

from __future__ import annotations

from collections import deque
from typing import Deque, Dict, Iterable, List, Optional, Sequence, Set, Tuple

from fairdraw.eligible import Choice, Group

Step = Optional[Tuple[int, int]]
NOBODY = -1


class Flow:
    """An assignment of slots to inspectors (席位指派) that can be repaired by one path at a time.

    slots and inspectors are numbers; ``team[slot]`` is the target of a slot; nobody stands twice
    on one target; ``load`` never exceeds ``limit``. Slots in ``fixed`` never move.
    """

    def __init__(
        self, choices: Sequence[Choice], team: Sequence[int], limit: Sequence[int]
    ) -> None:
        self.choices = choices
        self.team = team
        self.limit = list(limit)
        self.load = [0] * len(limit)
        self.holder = [NOBODY] * len(choices)
        self.held: List[Set[int]] = [set() for _ in limit]
        self.pair: Dict[Tuple[int, int], int] = {}
        self.fixed: Set[int] = set()
        self._turn: Dict[Group, int] = {}

    def put(self, slot: int, inspector: int) -> None:
        """Give a free slot to an inspector."""
        self.holder[slot] = inspector
        self.held[inspector].add(slot)
        self.pair[inspector, self.team[slot]] = slot
        self.load[inspector] += 1

    def take(self, slot: int, inspector: int) -> None:
        """Free a slot from its holder."""
        self.holder[slot] = NOBODY
        self.held[inspector].discard(slot)
        del self.pair[inspector, self.team[slot]]
        self.load[inspector] -= 1

    def place(self, slot: int) -> Optional[Set[int]]:
        """Find a place for a new slot (安排席位), by turns where somebody is free.

        Returns None on success; else the slots that compete for too few people.
        """
        group, barred = self.choices[slot]
        members, here = group.members, self.team[slot]
        start = self._turn.get(group, 0)
        for step in range(len(members)):
            at = (start + step) % len(members)
            who = members[at]
            free = self.load[who] < self.limit[who] and (who, here) not in self.pair
            if free and who not in barred:
                self._turn[group] = at + 1
                self.put(slot, who)
                return None
        return self.augment([slot])

    def augment(self, starts: Iterable[int]) -> Optional[Set[int]]:
        """Find a place for one of ``starts`` by moving others along a shortest path.

        Returns None on success, with the path carried out; else the slots that the search
        reached: all of them compete for too few people (Hall's condition).
        """
        parent: Dict[int, Step] = dict.fromkeys(starts)
        unopened: Dict[Group, List[int]] = {}
        opened: Set[int] = set()
        queue = deque(parent)
        while queue:
            slot = queue.popleft()
            group, barred = self.choices[slot]
            here, later = self.team[slot], []
            for inspector in unopened.get(group, group.members):
                if inspector in opened:
                    continue
                standing = self.pair.get((inspector, here))
                if inspector in barred:
                    later.append(inspector)
                elif standing is not None:
                    later.append(inspector)
                    self._reach(standing, (slot, inspector), parent, queue)
                elif self.load[inspector] < self.limit[inspector]:
                    self._carry_out(slot, inspector, parent)
                    return None
                else:
                    opened.add(inspector)
                    for other in self.held[inspector]:
                        self._reach(other, (slot, inspector), parent, queue)
            unopened[group] = later
        return set(parent)

    def _reach(
        self, slot: int, step: Tuple[int, int], parent: Dict[int, Step], queue: Deque[int]
    ) -> None:
        if slot not in parent and slot not in self.fixed:
            parent[slot] = step
            queue.append(slot)

    def _carry_out(self, slot: int, inspector: int, parent: Dict[int, Step]) -> None:
        moves = [(slot, inspector)]
        before = parent[slot]
        while before is not None:
            moves.append(before)
            before = parent[before[0]]
        for moved, _ in moves:
            if self.holder[moved] != NOBODY:
                self.take(moved, self.holder[moved])
        for moved, to in moves:
            self.put(moved, to)

    def force(self, slot: int, inspector: int) -> bool:
        """Fix ``slot`` on ``inspector`` if all others can still be placed; else change nothing.

        slot      held by somebody; the inspector may take it and is not fixed on its target
        """
        before = self.holder[slot]
        if before == inspector:
            self.fixed.add(slot)
            return True
        self.take(slot, before)
        standing = self.pair.get((inspector, self.team[slot]))
        if standing is not None:
            done = self._displace(slot, inspector, before, [standing])
        elif self.load[inspector] >= self.limit[inspector]:
            movable = sorted(other for other in self.held[inspector] if other not in self.fixed)
            done = self._displace(slot, inspector, before, movable)
        else:
            self.put(slot, inspector)
            self.fixed.add(slot)
            return True
        if not done:
            self.put(slot, before)
        return done

    def _displace(self, slot: int, inspector: int, before: int, displaced: Sequence[int]) -> bool:
        """Put ``slot`` in and move one of ``displaced`` elsewhere, or leave all as it was.

        Where one of them may take the place that ``before`` left, no search is needed.
        """
        for other in displaced:
            if self.choices[other].allows(before) and (before, self.team[other]) not in self.pair:
                self.take(other, inspector)
                self.put(other, before)
                self.put(slot, inspector)
                self.fixed.add(slot)
                return True
        same_team = self.team[displaced[0]] == self.team[slot]
        if same_team:
            self.take(displaced[0], inspector)
        self.put(slot, inspector)
        self.fixed.add(slot)
        if self.augment(displaced) is None:
            return True
        self.fixed.discard(slot)
        self.take(slot, inspector)
        if same_team:
            self.put(displaced[0], inspector)
        return False
