"""The ledger of what was left out (排除与作废公开账): by department, by reason, by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Sum

from openlot.draws.models import (
    Amendment,
    Draw,
    DrawExclusion,
    DrawFrame,
    DrawState,
    Extension,
    ExtensionState,
    SeedSource,
)

MOST = 200


@dataclass(slots=True)
class Account:
    """One department's account (部门账): how many were listed, left out and why, and voided."""

    department: str
    n_draws: int = 0
    n_entries: int = 0
    n_voided: int = 0
    n_amended: int = 0
    n_extended: int = 0
    reasons: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def n_excluded(self) -> int:
        """How many entries were not drawable."""
        return sum(self.reasons.values())

    @property
    def rate_bp(self) -> int:
        """The share left out (排除率), in hundredths of a percent."""
        return self.n_excluded * 10_000 // self.n_entries if self.n_entries else 0


def accounts(draws: QuerySet[Draw]) -> list[Account]:
    """Return the accounts of the departments (各部门账), the highest rate first."""
    found: dict[str, Account] = {}
    sealed = draws.filter(frozen_at__isnull=False)
    for name, voided_at in sealed.values_list("task__department__name", "voided_at"):
        account = found.setdefault(name, Account(name))
        account.n_draws += 1
        account.n_voided += voided_at is not None
    changed = Amendment.objects.filter(draw__in=sealed, number__isnull=False)
    for name in changed.values_list("draw__task__department__name", flat=True):
        found[name].n_amended += 1
    asked = Extension.objects.filter(first__in=sealed, state=ExtensionState.APPROVED)
    for name in asked.values_list("department__name", flat=True):
        found[name].n_extended += 1
    frames = DrawFrame.objects.filter(draw__in=sealed)
    for name, entries in frames.values_list("draw__task__department__name", "n_entries"):
        found[name].n_entries += entries
    rows = DrawExclusion.objects.filter(frame__draw__in=sealed)
    for name, code, count in rows.values_list(
        "frame__draw__task__department__name", "code", "n_excluded"
    ):
        found[name].reasons[code] += count
    return sorted(found.values(), key=lambda one: (-one.rate_bp, one.department))


def to_compare(draws: QuerySet[Draw]) -> QuerySet[Any]:
    """Return the sealed lists that were not drawn yet (待核对的封存名单), with their sizes.

    Each has ``n_entries`` and ``n_eligible`` of all its lists together.
    """
    waiting = draws.filter(state__in=(DrawState.FROZEN, DrawState.ANNOUNCED))
    sizes = {"n_entries": Sum("frames__n_entries"), "n_eligible": Sum("frames__n_eligible")}
    return waiting.annotate(**sizes).order_by("-frozen_at")


def refusals(draws: QuerySet[Draw]) -> Iterable[SeedSource]:
    """Return the parties that declared not to open (声明不启封), the latest first."""
    rows = SeedSource.objects.filter(draw__in=draws.order_by().values("pk"))
    found = rows.filter(refused_at__isnull=False).select_related("draw", "party")
    return found.order_by("-refused_at")[:MOST]


def voids(draws: QuerySet[Draw]) -> Iterable[Draw]:
    """Return the draws that somebody asked to void (作废记录), the latest first."""
    return draws.filter(void_requested_at__isnull=False).order_by("-void_requested_at")[:MOST]
