"""The files of a due-diligence pack (尽职材料包): everything that a hearing asks for, in one archive."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model

from openlot.documents.papers import Row
from openlot.documents.typeset import (
    render_announcement,
    render_draw_record,
    render_pack,
    render_task,
)
from openlot.draws.models import Amendment, Draw
from openlot.draws.selectors import (
    bundle_files,
    is_embargoed,
    may_read_bundle,
    public_bundle_files,
)
from openlot.inspections.models import Inspection
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.paperwork.cover import cover
from openlot.paperwork.filling import draw_paper, task_papers
from openlot.paperwork.proofs import proofs_of
from openlot.policies.models import Policy
from openlot.publication.selectors import records_of
from openlot.results.models import Evidence, FollowUp, InspectionResult
from openlot.rights.access import visible
from openlot.rights.perms import Perm
from openlot.rights.reading import readable
from openlot.tasks.models import Disclosure, InspectionTask
from openlot.trail.events import canonical
from openlot.trail.models import Entry
from openlot.trail.selectors import entries_about, parts_of

TAKEN = "task.pack_taken"
README = Path(__file__).parent / "pack_readme.txt"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def own_story(task: InspectionTask) -> list[Model]:
    """Return the task and what was done for it as a whole (任务层面的留痕对象)."""
    draws = list(task.draws.order_by("pk"))
    amendments = Amendment.objects.filter(draw__in=draws).defer("document")
    return [task, *task.participations.order_by("pk"), *draws, *amendments.order_by("pk")]


def whole_story(task: InspectionTask) -> list[Entry]:
    """Return every entry about the task and all under it (任务全部留痕), oldest first.

    Taking the pack is about the task too, but no part of what it tells: a second pack of the same
    state has the same bytes.
    """
    results = InspectionResult.objects.filter(inspection__task=task).order_by("pk")
    below: list[Model] = [
        *task.inspections.order_by("pk"),
        *results,
        *FollowUp.objects.filter(result__in=results).order_by("pk"),
    ]
    return [e for e in entries_about(chain(own_story(task), below)) if e.kind != TAKEN]


def pack_files(task: InspectionTask, chronicle: Sequence[Row], *, actor: Actor) -> dict[str, bytes]:
    """Return the files of the pack (材料包文件), by name, as far as ``actor`` may read.

    chronicle   what happened to the task and its draws, in words, oldest first
    """
    entries = whole_story(task)
    as_of = entries[-1].at if entries else clock.now()
    folders = tuple(settings.FONT_DIRS)
    paper = cover(task, chronicle, actor=actor, as_of=as_of)
    files = {
        "README.txt": README.read_bytes(),
        "封面.pdf": render_pack(paper, at=as_of, folders=folders),
        "规则/计划与政策参数.json": canonical(_rules(task)),
        "留痕/trail.jsonl": _trail(entries, actor),
        "证据清单.json": canonical(_evidence(task, actor)),
        **_papers(task, actor, folders),
        **_published(task),
    }
    files |= {f"留痕/{name}": data for name, data in proofs_of(entries).items()}
    for draw in task.draws.order_by("pk"):
        files |= dict(_draw_files(draw, actor, folders))
    return files


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return the archive (压缩包) with its manifest: the same files give the same bytes."""
    names = sorted(files)
    manifest = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in [*((n, files[n]) for n in names), ("MANIFEST.sha256", manifest.encode())]:
            made.writestr(zipfile.ZipInfo(name, _ZIP_TIME), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _rules(task: InspectionTask) -> dict[str, Any]:
    """The plan line, the scheme and the policy versions that were in force when it was approved."""
    on = clock.local(task.approved_at or clock.now()).date()
    line = task.plan_line
    rows = Policy.objects.filter(effective_on__lte=on).order_by("kind", "key", "version")
    in_force = {(row.kind, row.key): row for row in rows}
    return {
        "task": {
            "number": task.number,
            "window": [task.window_from_on, task.window_to_on],
            "stratify": task.stratify,
            "disclosure": task.disclosure,
            "min_officers": task.min_officers,
            "region_rule": task.region_rule,
            "scheme": task.scheme_text,
        },
        "items": [
            {"code": row.item.code, "version": row.item.version, "basis": row.item.legal_basis}
            for row in task.task_items.select_related("item").order_by("item__code", "pk")
        ],
        "plan": None
        if line is None
        else {
            "number": line.plan.number,
            "version": line.plan.version,
            "filing_no": line.plan.filing_no,
            "line": line.line_no,
            "n_base": line.n_base,
            "n_planned": line.n_planned,
            "ratio_bp": line.ratio_bp,
        },
        "policies": [
            {
                "kind": row.kind,
                "key": row.key,
                "version": row.version,
                "effective_on": row.effective_on,
                "source": row.source,
                "body": _exact(row.body),
            }
            for row in in_force.values()
        ],
    }


def _exact(value: Any) -> Any:
    """The canonical form has no floats; a number with a fraction is told as it is written."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    return [_exact(item) for item in value] if isinstance(value, list) else value


def _trail(entries: Sequence[Entry], actor: Actor) -> bytes:
    parts = parts_of(entries)
    lines: list[bytes] = []
    for entry in entries:
        seen = readable(entry, parts[entry.pk], actor)
        lines.append(
            canonical(
                {
                    "number": entry.pk,
                    "kind": entry.kind,
                    "at": entry.at,
                    "by": entry.actor_ref,
                    "department": entry.department_code,
                    "subject": entry.subject,
                    "fields": seen.values,
                    "changes": {name: list(pair) for name, pair in seen.changes.items()},
                    "hidden": list(seen.hidden),
                    "erased": list(seen.erased),
                }
            )
        )
    return b"".join(line + b"\n" for line in lines)


def _evidence(task: InspectionTask, actor: Actor) -> list[dict[str, Any]]:
    rows = visible(
        actor, Perm.RESULT_VIEW, Evidence.objects.filter(result__inspection__task=task)
    ).select_related("result__inspection", "result__department")
    return [
        {
            "inspection": row.result.inspection.number,
            "department": row.result.department.code,
            "name": row.name,
            "sha256": row.sha256,
            "taken_at": row.taken_at,
        }
        for row in rows.defer("content").order_by("pk")
    ]


def _papers(task: InspectionTask, actor: Actor, folders: tuple[str, ...]) -> dict[str, bytes]:
    mine = visible(actor, Perm.INSPECTION_VIEW, Inspection.objects.order_by("serial"))
    papers = task_papers(task, mine)
    if not papers.inspections or task.approved_at is None:
        return {}
    return {"文书/检查文书.pdf": render_task(papers, at=task.approved_at, folders=folders)}


def _published(task: InspectionTask) -> dict[str, bytes]:
    draws = [str(draw) for draw in task.draws.all()]
    results = InspectionResult.objects.filter(inspection__task=task)
    keys = [f"{kind}:{number}" for number in draws for kind in ("announcement", "draw", "void")]
    keys += [f"result:{public_id}" for public_id in results.values_list("public_id", flat=True)]
    if task.plan_line is not None:
        plan = task.plan_line.plan
        keys.append(f"plan:{plan.department.code}:{plan.year}")
    return {
        f"公示/{row.key.replace(':', '-')}-v{row.version}.json": canonical(_exact(row.body))
        for row in records_of(keys, draws=draws)
    }


def _draw_files(draw: Draw, actor: Actor, folders: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """The sheets as printed, and of the evidence what the reader may hold."""
    home = f"抽取/{draw}"
    if draw.announced_at:
        sheet = render_announcement(draw_paper(draw), at=draw.announced_at, folders=folders)
        yield f"{home}/抽取公告单.pdf", sheet
    if draw.drawn_at:
        sheet = render_draw_record(draw_paper(draw), at=draw.drawn_at, folders=folders)
        yield f"{home}/抽取记录表.pdf", sheet
    if may_read_bundle(actor, draw):
        kept = bundle_files(draw)
    elif draw.disclosure == Disclosure.FULL and not is_embargoed(draw):
        kept = public_bundle_files(draw)
    else:
        closed = ("announcement.vdr", "public.vdr", "docs/rules", "docs/parties")
        kept = {name: data for name, data in bundle_files(draw).items() if name in closed}
    yield from ((f"{home}/证据包/{name}", data) for name, data in kept.items())
