"""Level 2 (重放): the trail is played again, and the rows must be where it leaves them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from openlot.lifecycle.arrows import MACHINES, Arrow, Machine
from openlot.lifecycle.models import Stateful
from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.trail.models import Entry
from openlot.trail.selectors import parts_of

CHUNK = 2_000
# Rows that a file brings in together are told by their batch, not one by one.
BROUGHT_IN = {"registers.InspectionTarget"}


@dataclass
class Life:
    """How far the events of one row have led it (重放进度).

    states    where it may be: several where arrows share an event and lead apart
    """

    states: frozenset[str] = frozenset()
    moves: int = 0
    born: bool = False
    wrong: str = ""


@check(Level.REPLAY)
def every_row_is_where_its_events_left_it() -> Findings:
    """State and revision of each row follow from its events and the arrows."""
    for label, machine in sorted(MACHINES.items()):
        lives = _play(label, machine)
        model = apps.get_model(label)
        if not issubclass(model, Stateful):
            raise TypeError(label)
        table = model._meta.db_table
        rows = model._default_manager.order_by("pk")
        for key, state, revision in rows.values_list("public_id", "state", "revision").iterator():
            life = lives.pop(key, Life())
            for what in _differs(label, life, state, revision):
                yield Finding(table, key, what)
        for key in lives:
            yield Finding(table, key, _("有留痕而无此行：行被删除"))


def _play(label: str, machine: Machine) -> dict[str, Life]:
    """Play the events of all rows of a kind, oldest first."""
    arrows: dict[str, list[Arrow]] = defaultdict(list)
    for arrow in machine.arrows.values():
        arrows[arrow.event.kind].append(arrow)
    lives: dict[str, Life] = defaultdict(Life)
    told = Entry.objects.filter(kind__in=list(arrows), subject__startswith=f"{label}:")
    for subject, kind in told.order_by("pk").values_list("subject", "kind").iterator(CHUNK):
        _step(lives[subject.partition(":")[2]], arrows[kind], kind)
    return lives


def _step(life: Life, arrows: list[Arrow], kind: str) -> None:
    """Lead a row along the arrows of one event."""
    if not life.states:
        births = frozenset(a.target for a in arrows if not a.sources and a.target)
        if births:
            life.born, life.states = True, births
            return
    fitting = [a for a in arrows if a.sources and (not life.states or a.sources & life.states)]
    if not fitting:
        words = _("%(kind)s 不能从“%(state)s”发生")
        life.wrong = life.wrong or words % {"kind": kind, "state": "|".join(life.states)}
        return
    life.moves += 1
    life.states = frozenset(
        state
        for arrow in fitting
        for state in ((arrow.target,) if arrow.target else arrow.sources & life.states)
    )


def _differs(label: str, life: Life, state: str, revision: int) -> Iterator[str]:
    if life.wrong:
        yield life.wrong
    if not life.born and label not in BROUGHT_IN:
        yield _("没有新建留痕")
    if life.states and state not in life.states:
        words = _("状态为 %(state)s，按留痕应为 %(told)s")
        yield words % {"state": state, "told": "|".join(sorted(life.states))}
    if revision != life.moves + 1:
        words = _("修订号为 %(revision)s，按留痕应为 %(told)s")
        yield words % {"revision": revision, "told": life.moves + 1}


def told_fields(*kinds: str) -> Iterator[tuple[Entry, dict[str, Any]]]:
    """Yield entries of some kinds with all their fields (留痕字段), oldest first."""
    batch: list[Entry] = []
    for entry in Entry.objects.filter(kind__in=kinds).order_by("pk").iterator(CHUNK):
        batch.append(entry)
        if len(batch) == CHUNK:
            yield from _with_fields(batch)
            batch = []
    yield from _with_fields(batch)


def _with_fields(batch: list[Entry]) -> Iterator[tuple[Entry, dict[str, Any]]]:
    parts = parts_of(batch)
    for entry in batch:
        found = parts[entry.pk]
        yield entry, found.public | found.internal | found.personal
