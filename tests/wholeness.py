"""What must hold in any database, whoever raced and whenever the power failed."""

from __future__ import annotations

from collections import Counter
from importlib import import_module

from django.apps import apps

from openlot.draws.models import Draw, DrawnTarget, EvidenceFile
from openlot.draws.selectors import visited_targets
from openlot.inspections.models import Inspection
from openlot.inspections.selectors import departments_of
from openlot.lifecycle.arrows import MACHINES
from openlot.publication.models import PublicRecord
from openlot.registers.models import ImportBatch, ImportFile, InspectionTarget, Leave
from openlot.results.models import InspectionResult
from openlot.trail.models import Entry
from openlot.trail.selectors import parts_of, public_fields
from openlot.trail.subjects import subject_of

for app in (
    "registers",
    "items",
    "plans",
    "tasks",
    "draws",
    "drawing_days",
    "inspections",
    "results",
):
    import_module(f"openlot.{app}.machine")


def faults() -> list[str]:
    """Return everything that is half done: a row without its event, an event without its row."""
    return [*_lives(), *_draws(), *_papers(), *_imports(), *_leaves(), *_publications()]


def _lives() -> list[str]:
    """Each row has been moved exactly as often as the trail tells."""
    told: Counter[str] = Counter()
    rows = Entry.objects.values_list("subject", "kind")
    kinds = {
        label: {arrow.event.kind for arrow in machine.arrows.values()}
        for label, machine in MACHINES.items()
    }
    for subject, kind in rows.iterator(chunk_size=5_000):
        if kind in kinds.get(subject.split(":")[0], ()):
            told[subject] += 1
    found = []
    for label in MACHINES:
        model = apps.get_model(label)
        for public_id, revision in model.objects.values_list("public_id", "revision"):
            events = told.pop(f"{label}:{public_id}", 0)
            if events != revision:
                found.append(f"{label}:{public_id} moved {revision} times, {events} events")
    return found + [f"{subject} has {n} events and no row" for subject, n in told.items()]


def _draws() -> list[str]:
    """A draw has its outcome, its proof, its rows and its event, or none of them; once."""
    found = []
    for draw in Draw.objects.all():
        signs = {
            "digest": int(bool(draw.rdigest)),
            "proof": EvidenceFile.objects.filter(draw=draw, name="result.vdr").count(),
            "rows": int(DrawnTarget.objects.filter(draw=draw).exists()),
            "event": Entry.objects.filter(subject=subject_of(draw), kind="draw.drawn").count(),
        }
        if len(set(signs.values())) != 1 or signs["event"] > 1:
            found.append(f"{draw}: {signs}")
    return found


def _papers() -> list[str]:
    """A draw's visits are there for all of its targets or for none, each with the results it owes."""
    found = []
    for draw in Draw.objects.filter(inspections__isnull=False).distinct():
        drawn, visited = len(visited_targets(draw)), draw.inspections.count()
        if visited < drawn:
            found.append(f"{draw}: {visited} of {drawn} visits")
    for row in Inspection.objects.prefetch_related("results"):
        owed = {department.pk for department in departments_of(row)}
        if {result.department_id for result in row.results.all()} != owed:
            found.append(f"{row}: not every department owes its result")
    return found


def _imports() -> list[str]:
    """Each ended import has its event, each part its own; the register grew by what they say."""
    every = list(ImportBatch.objects.all())
    batches = {subject_of(row) for row in every if row.finished_at and not row.refusal}
    events = Entry.objects.filter(kind="register.targets_imported")
    told = Counter(events.values_list("subject", flat=True))
    found = [f"{name}: {told[name]} events" for name in batches | set(told) if told[name] != 1]
    found += [f"{name} has no row" for name in set(told) - batches]
    taken: Counter[str] = Counter()
    for entry in Entry.objects.filter(kind="register.rows_imported"):
        taken[entry.subject] += public_fields(entry)["n_rows"]
    for row in every:
        parts, counted = taken[subject_of(row)], row.n_added + row.n_updated + row.n_unchanged
        if counted != row.n_done or parts not in (row.n_done, 0) or bool(parts) != in_parts(row):
            found.append(f"{row}: {row.n_done} rows, {counted} counted, {parts} told")
    return found + _targets(every)


def _targets(batches: list[ImportBatch]) -> list[str]:
    """Each import tells of every target it added or changed, and of no other."""
    kinds = ("register.target_taken_in", "register.target_changed")
    rows = list(Entry.objects.filter(kind__in=kinds))
    parts = parts_of(rows)
    told = Counter((parts[row.pk].internal["batch"], row.kind) for row in rows)
    found = []
    for batch in batches:
        single = tuple(told.pop((batch.public_id, kind), 0) for kind in kinds)
        if single != (batch.n_added, batch.n_updated):
            found.append(f"{batch}: told of {single}, counts {batch.n_added}, {batch.n_updated}")
    born = Entry.objects.filter(kind=kinds[0]).values_list("subject", flat=True)
    there = {subject_of(t) for t in InspectionTarget.objects.filter(source="import")}
    if sorted(born) != sorted(there):
        found.append(f"{len(there)} targets were imported, {len(born)} told")
    return found + [f"events name an import that is not there: {batch}" for batch, _kind in told]


def in_parts(batch: ImportBatch) -> bool:
    """Say whether a file was taken in part by part, and has come to its first part."""
    return ImportFile.objects.filter(batch=batch).exists() and batch.n_done > 0


def _leaves() -> list[str]:
    """As many absences as the trail tells of, inspector by inspector."""
    entered = Entry.objects.filter(kind="register.leave_entered")
    told = Counter(entered.values_list("subject", flat=True))
    rows = Leave.objects.select_related("inspector")
    there = Counter(subject_of(row.inspector) for row in rows)
    return [
        f"{name}: {there[name]} absences, {told[name]} told"
        for name in told | there
        if there[name] != told[name]
    ]


def _publications() -> list[str]:
    """A published result has one snapshot and one event; every snapshot has its event."""
    records = PublicRecord.objects.all()
    told = Counter(
        Entry.objects.filter(kind="publication.recorded").values_list("subject", flat=True)
    )
    found = [
        f"{row}: {told[subject_of(row)]} events" for row in records if told[subject_of(row)] != 1
    ]
    shown = Counter(records.filter(kind="result").values_list("key", flat=True))
    done = {
        f"result:{pid}"
        for pid in InspectionResult.objects.filter(state="published").values_list(
            "public_id", flat=True
        )
    }
    found += [f"{key}: {shown[key]} snapshots" for key in done if shown[key] < 1]
    return found + [f"{key} is shown and not published" for key in set(shown) - done]
