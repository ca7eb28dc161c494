"""Searching the trail (留痕查询), also where it is a million entries long.

Every act pays for each index of the trail, so there are few, and wide: beside the kind and beside
the person stand department and time, so that a search reads rows of an index and never those of
the table but for what it shows. The order is that of a sum, not of the key: a database that may
walk the key backwards takes the whole table for a few old hits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db.models import CharField, F, Func, Max, Q, QuerySet, Value
from django.db.models.lookups import LessThan, LessThanOrEqual
from django.utils import timezone

from openlot.trail.models import Entry

ORDER = F("pk") + 0
NEAR = 20_000  # what lies among the newest entries is found among these alone
_AT_ONCE = 500  # names in one statement
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for in the trail (留痕查询); what is empty does not narrow.

    actors      references of persons
    subjects    objects as the trail names them
    from_on     the first day, to_on the last, both in the city's time
    """

    kind: str = ""
    department: str = ""
    actors: Sequence[str] | None = None
    subjects: Sequence[str] | None = None
    number: int | None = None
    from_on: date | None = None
    to_on: date | None = None


class Plain(Func):
    """A column as a mere value (不经索引的列): SQLite, which keeps no statistics, takes no index for it."""

    template = "(%(expressions)s || '')"
    output_field = CharField()


def found(wanted: Wanted, *, most: int, before: int | None = None) -> list[int]:
    """Return the numbers of what is looked for (查到的留痕), newest first, at most ``most``.

    before    only entries older than this one: pages hang together while the trail grows
    """
    rows = Entry.objects.filter(_when(wanted))
    if before is not None:
        rows = rows.filter(LessThan(ORDER, Value(before)))
    if wanted.department:
        rows = rows.filter(department_code=wanted.department)
    if wanted.number is not None:
        rows = rows.filter(pk=wanted.number)
    if wanted.actors is not None or wanted.subjects is not None:
        return _of_names(rows, wanted, most)
    if wanted.kind:
        return _newest(rows.filter(kind=wanted.kind), most)
    return _of_all(rows, most, before)


def _of_names(rows: QuerySet[Entry], wanted: Wanted, most: int) -> list[int]:
    """Return what these persons did and what was done to these objects: an index for each."""
    if wanted.kind:
        rows = rows.alias(told=Plain("kind")).filter(told=wanted.kind)
    numbers: set[int] = set()
    for column, names in (("actor_ref", wanted.actors), ("subject", wanted.subjects)):
        known = list(dict.fromkeys(names or ()))
        for start in range(0, len(known), _AT_ONCE):
            some = rows.filter(**{f"{column}__in": known[start : start + _AT_ONCE]})
            numbers.update(_newest(some, most))
    return sorted(numbers, reverse=True)[:most]


def _of_all(rows: QuerySet[Entry], most: int, before: int | None) -> list[int]:
    """Return what no name and no kind narrows: from the newest on, as soon as there are enough.

    What is many is full near its first, and is never sorted; what is few is soon sorted.
    """
    last = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    top = last if before is None else min(last, before - 1)
    numbers = _near(rows, top, most)
    rows = rows.filter(LessThanOrEqual(ORDER, Value(top - NEAR)))
    if len(numbers) == most or (top := rows.aggregate(top=Max(ORDER))["top"]) is None:
        return numbers
    numbers += _near(rows, top, most - len(numbers))
    if len(numbers) == most:
        return numbers
    older = rows.filter(LessThanOrEqual(ORDER, Value(top - NEAR)))
    return numbers + _newest(older, most - len(numbers))


def _near(rows: QuerySet[Entry], top: int, most: int) -> list[int]:
    """Return what there is among the entries up to one (就近查找), along the key."""
    some = rows.filter(pk__gt=top - NEAR, pk__lte=top).order_by("-pk")
    return list(some.values_list("pk", flat=True)[:most])


def _newest(rows: QuerySet[Entry], most: int) -> list[int]:
    return list(rows.order_by(ORDER.desc()).values_list("pk", flat=True)[:most])


def _when(wanted: Wanted) -> Q:
    days = Q()
    if wanted.from_on is not None:
        days &= Q(at__gte=midnight(wanted.from_on))
    if wanted.to_on is not None:
        days &= Q(at__lt=midnight(wanted.to_on + timedelta(days=1)))
    return days


def numbered(numbers: Iterable[int]) -> Iterator[list[Entry]]:
    """Yield the entries of numbers (按序号取留痕) in their order, some at a time."""
    waiting = iter(numbers)
    while some := list(islice(waiting, _CHUNK)):
        rows = Entry.objects.in_bulk(some)
        yield [rows[number] for number in some if number in rows]


def midnight(day: date) -> datetime:
    """Return when a day begins in the city (当日零时)."""
    return timezone.make_aware(datetime.combine(day, time.min))
