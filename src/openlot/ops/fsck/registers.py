"""Level 2 (重放): the register of targets says what imports told of it, target by target."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from openlot.accounts.models import Region
from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.registers.models import ImportBatch, InspectionTarget
from openlot.registers.services.telling import as_told
from openlot.trail.models import Entry
from openlot.trail.selectors import parts_of
from openlot.trail.subjects import subject_of

CHUNK = 1_000
TAKEN_IN, CHANGED = "register.target_taken_in", "register.target_changed"


@check(Level.REPLAY)
def targets_say_what_was_told() -> Findings:
    """What imports said of a target stands in its row; each tells of as many as it counts."""
    regions = dict(Region.objects.values_list("pk", "name"))
    told: Counter[tuple[str, str]] = Counter()
    rows = InspectionTarget.objects.order_by("pk").iterator(CHUNK)
    while some := list(islice(rows, CHUNK)):
        said = _said(some, told)
        for target in some:
            now = as_told(target, regions)
            for name, value in said[subject_of(target)].items():
                if now[name] != value:
                    words = _("%(name)s与最近一次导入的留痕不符")
                    table = InspectionTarget._meta.db_table
                    yield Finding(table, target.public_id, words % {"name": name})
    yield from _batches(told)
    yield from _grown()


def _said(
    targets: Sequence[InspectionTarget], told: Counter[tuple[str, str]]
) -> dict[str, dict[str, str]]:
    """Return what imports said last of each target; what was shredded is not compared."""
    said: dict[str, dict[str, str]] = defaultdict(dict)
    subjects = [subject_of(target) for target in targets]
    rows = Entry.objects.filter(subject__in=subjects, kind__in=(TAKEN_IN, CHANGED))
    entries = list(rows.order_by("pk"))
    parts = parts_of(entries)
    for entry in entries:
        part = parts[entry.pk]
        told[part.internal["batch"], entry.kind] += 1
        for changes in (part.internal["changes"], part.personal.get("personal_changes", {})):
            said[entry.subject] |= {name: after for name, (_before, after) in changes.items()}
    return said


def _batches(told: Counter[tuple[str, str]]) -> Findings:
    """Imports since the first that told of single targets tell of all that they took in.

    That first one may have been half done when the platform learned to tell.
    """
    first = True
    for batch in ImportBatch.objects.order_by("pk").iterator():
        counted = (batch.n_added, batch.n_updated)
        found = (told.pop((batch.public_id, TAKEN_IN), 0), told.pop((batch.public_id, CHANGED), 0))
        fewer = all(one <= all_ for one, all_ in zip(found, counted, strict=True))
        if found != counted and not (first and fewer):
            words = _("逐户留痕 %(told)s 条，导入登记 %(counted)s 户")
            what = words % {"told": sum(found), "counted": sum(counted)}
            yield Finding("registers_importbatch", batch.public_id, what)
        first = first and found == (0, 0)
    for public_id, _kind in told:
        yield Finding("registers_importbatch", public_id, _("有留痕而无此行：行被删除"))


def _grown() -> Findings:
    """Each register holds as many imported targets as its imports count."""
    counted = dict(
        ImportBatch.objects.order_by().values_list("department").annotate(n=Sum("n_added"))
    )
    imported = InspectionTarget.objects.filter(source="import").order_by()
    there = dict(imported.values_list("department").annotate(n=Count("pk")))
    for department in sorted(counted.keys() | there.keys()):
        n, said = there.get(department, 0), counted.get(department, 0)
        if n != said:
            words = _("名录库中由文件入库的对象 %(n)s 户，导入登记新增 %(said)s 户")
            what = words % {"n": n, "said": said}
            yield Finding("registers_inspectiontarget", str(department), what)
