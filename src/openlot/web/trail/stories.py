"""The story of an object (办理留痕) for people: who, when, what, why, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from django.db import models
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import User
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.marks import aside
from openlot.lifecycle.arrows import MACHINES, Arrow
from openlot.rights.reading import Readable, readable
from openlot.rules.law import CLAUSES
from openlot.trail.models import Entry
from openlot.trail.selectors import Parts, erased_at, parts_of, places_of, story
from openlot.web.forms import whole
from openlot.web.screens import StaffRequest
from openlot.web.trail.fields import label, units_by_code, value_words
from openlot.web.trail.subjects import subject_words
from openlot.web.trail.words import WORDS

Text = str | Promise
HIDDEN = _("（个人信息，未显示）")
ERASED = _("（个人信息，已依法销毁）")
_NAMES_A = {"batch": "registers.ImportBatch"}
# The reason is what people look for first; what a field of the machine room says comes last.
_FIRST = ("reason", "reason_code", "opinion", "note", "decision", "verdict")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that was changed (变更前后)."""

    label: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a story (留痕条目) in words.

    place     its index in the public tree, None while it waits
    moved     from which state into which, empty when the state stayed
    law       the clause that the act serves
    """

    number: int
    place: int | None
    subject: str
    at: datetime
    words: Text
    actor: str
    facts: Sequence[tuple[Text, Text]] = ()
    changes: Sequence[Change] = ()
    moved: str = ""
    law: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to some objects (办理留痕), oldest first, and where earlier lines are."""

    lines: Sequence[Told] = field(default_factory=tuple)
    earlier: str = ""

    def __iter__(self) -> Iterator[Told]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


def tell(request: StaffRequest, *objects: models.Model) -> Story:
    """Return the story of objects (办理留痕) as the person may read it; ``?story=`` pages back."""
    before = request.GET.get("story", "")
    found = story(*objects, before=whole(before, 0) or None)
    query = {**{k: v for k, v in request.GET.items() if k != "story"}, "story": found.earlier or ""}
    return Story(
        told(found.entries, request.actor),
        f"?{urlencode(query)}#story" if found.earlier else "",
    )


def told(entries: Iterable[Entry], actor: Actor) -> list[Told]:
    """Return entries in words (留痕条目), with what ``actor`` may read of them."""
    rows = list(entries)
    parts = parts_of(rows)
    units = units_by_code()
    links = _links(parts.values(), actor)
    places = places_of(rows)
    erased = erased_at([row for row in rows if parts[row.pk].erased])
    people = dict(
        zip((row.pk for row in rows), names([row.actor_ref for row in rows]), strict=True)
    )
    states: dict[str, str] = defaultdict(str)
    lines: dict[int, Told] = {}
    for row in sorted(rows, key=lambda row: row.pk):  # states follow from what came before
        arrow = _arrow(row, states[row.subject])
        seen = readable(row, parts[row.pk], actor)
        facts, changes = _fields(seen, units, links, erased.get(row.pk))
        lines[row.pk] = Told(
            number=row.pk,
            place=places.get(row.pk),
            subject=row.subject,
            at=row.at,
            words=WORDS.get(row.kind, row.kind),
            actor=people[row.pk],
            facts=facts,
            changes=changes,
            moved=_moved(row, arrow, states),
            law=_law(arrow),
        )
    return [lines[row.pk] for row in rows]


def names(refs: Iterable[str]) -> list[str]:
    """Return who is behind references (操作人): name and department, or the platform."""
    wanted = list(refs)
    people = {
        f"user:{u.handle}": aside(u.name, u.department.short_name)
        for u in User.objects.filter(
            handle__in={r.removeprefix("user:") for r in wanted}
        ).select_related("department")
    }
    return [people.get(ref, str(_("系统"))) for ref in wanted]


def _links(parts: Iterable[Parts], actor: Actor) -> dict[str, SafeString]:
    """Return what fields that name an object lead to (字段所指), by what stands in them."""
    named = {
        f"{label}:{part.internal[name]}": part.internal[name]
        for part in parts
        for name, label in _NAMES_A.items()
        if name in part.internal
    }
    return {named[subject]: words for subject, words in subject_words(named, actor).items()}


def _fields(
    seen: Readable,
    units: dict[str, str],
    links: dict[str, SafeString],
    erased: datetime | None,
) -> tuple[list[tuple[Text, Text]], list[Change]]:
    facts: list[tuple[str, Text]] = [
        (name, links[value] if name in _NAMES_A else value_words(name, value, units))
        for name, value in seen.values.items()
    ]
    facts += [(name, HIDDEN) for name in seen.hidden]
    facts += [(name, _gone(erased)) for name in seen.erased]
    facts.sort(key=lambda pair: pair[0] not in _FIRST)
    changes = [
        Change(label(name), value_words(name, old, units), value_words(name, new, units))
        for name, (old, new) in seen.changes.items()
    ]
    return [(label(name), words) for name, words in facts if words], changes


def _gone(at: datetime | None) -> Text:
    """Return what stands in the place of a personal field that was erased, and since when."""
    if at is None:
        return ERASED
    return _("（个人信息，%(day)s 已依法销毁）") % {"day": clock.local(at).date()}


def _arrow(entry: Entry, state: str) -> Arrow | None:
    """Return the arrow that an entry tells of.

    Where several share an event, the one from the state before; of those that lead to the same
    state under the same clause, any.
    """
    machine = MACHINES.get(entry.subject.partition(":")[0])
    if machine is None:
        return None
    found = [a for a in machine.arrows.values() if a.event.kind == entry.kind]
    fitting = [a for a in found if state in a.sources] if len(found) > 1 else found
    same = len({(a.target, a.law) for a in fitting}) == 1
    return fitting[0] if same else None


def _moved(entry: Entry, arrow: Arrow | None, states: dict[str, str]) -> str:
    """Say from where to where the object went, and remember where it is."""
    if arrow is None or arrow.target is None:
        return ""
    known = MACHINES[entry.subject.partition(":")[0]].states
    before = states[entry.subject]
    if before not in arrow.sources:
        before = next(iter(arrow.sources)) if len(arrow.sources) == 1 else ""
    states[entry.subject] = arrow.target
    after = str(known(arrow.target).label)
    return f"{known(before).label} → {after}" if before else f"→ {after}"


def _law(arrow: Arrow | None) -> str:
    clause = CLAUSES.get(arrow.law) if arrow else None
    return f"{clause.document} {clause.section}" if clause else ""
