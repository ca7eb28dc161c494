"""Level 0 (结构): what a count or an outer join shows, and whether the guards stand."""

from __future__ import annotations

from django.db.models import Count, Exists, Max, OuterRef
from django.utils.translation import gettext as _

from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.trail.drift import drifts
from openlot.trail.guards import faults
from openlot.trail.models import Entry, Head, Leaf, Pending, PrivatePart


@check(Level.STRUCTURE)
def guards_stand() -> Findings:
    """Every trigger stands and is enabled."""
    for fault in faults():
        yield Finding("trail", "guards", fault)


@check(Level.STRUCTURE)
def nothing_is_untold() -> Findings:
    """No change of a protected table lacks an event in its transaction."""
    for drift in drifts():
        yield Finding(drift.relation, drift.token, _("%s 改动而无留痕") % drift.act)


@check(Level.STRUCTURE)
def every_entry_has_one_place() -> Findings:
    """An entry waits for its place or has one, and not both."""
    leaf = Exists(Leaf.objects.filter(entry=OuterRef("pk")))
    waits = Exists(Pending.objects.filter(entry=OuterRef("pk")))
    for pk in Entry.objects.filter(~leaf, ~waits).values_list("pk", flat=True):
        yield Finding("trail_entry", str(pk), _("既无存证序号，也不在待存证之列"))
    placed = Exists(Leaf.objects.filter(entry=OuterRef("entry_id")))
    for pk in Pending.objects.filter(placed).values_list("pk", flat=True):
        yield Finding("trail_pending", str(pk), _("已有存证序号，却仍在待存证之列"))


@check(Level.STRUCTURE)
def nothing_hangs_in_the_air() -> Findings:
    """Every leaf, part and waiting entry belongs to an entry that is there."""
    there = Exists(Entry.objects.filter(pk=OuterRef("entry_id")))
    for model in (Leaf, PrivatePart, Pending):
        for pk in model._default_manager.filter(~there).values_list("pk", flat=True):
            yield Finding(model._meta.db_table, str(pk), _("所属留痕记录不存在"))


@check(Level.STRUCTURE)
def leaves_are_without_a_gap() -> Findings:
    """Indices run from 0, and the head counts them."""
    found = Leaf.objects.aggregate(n=Count("index"), top=Max("index"))
    n, top = found["n"], found["top"]
    if n and top != n - 1:
        yield Finding("trail_leaf", str(top), _("%(n)s 个叶子，序号却到 %(top)s") % found)
    head = Head.objects.first()
    if head is None:
        yield Finding("trail_head", "1", _("树头缺失"))
    elif head.size != n:
        words = _("树头记 %(size)s 个叶子，实有 %(n)s 个") % {"size": head.size, "n": n}
        yield Finding("trail_head", "1", words)
