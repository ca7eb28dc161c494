"""What of each thing is public (公示内容): allow-lists, field by field."""

from __future__ import annotations

from typing import Any

from openlot.draws.anchoring import confirmed, counts, line
from openlot.draws.models import Attestation, Draw, DrawExclusion
from openlot.draws.selectors import amendments_of, assessment, saving, strata_of
from openlot.items.models import InspectionItem, Method
from openlot.kernel import clock
from openlot.kernel.record import on_record
from openlot.plans.models import AnnualPlan, PlanLine
from openlot.policies.selectors import draw_setting, result_codes_of
from openlot.publication.models import PublicRecord
from openlot.registers.models import TargetKind
from openlot.results.models import InspectionResult
from openlot.results.selectors import current_rows
from openlot.tasks.models import Disclosure, InspectionTask

Body = dict[str, Any]


@on_record
def item_body(item: InspectionItem) -> Body:
    """Return the public fields of an item (事项公示内容)."""
    return {
        "code": item.code,
        "version": item.version,
        "list": str(item.get_list_kind_display()),
        "department": item.department.name,
        "participants": [p.department.name for p in item.participations.all()],
        "field": item.field.name,
        "area": item.area,
        "name": item.name,
        "content": item.content,
        "kind": str(item.get_kind_display()),
        "targets": item.target_scope,
        "methods": [str(Method(m).label) for m in item.methods],
        "basis": item.legal_basis,
        "ratio": item.ratio_note,
        "frequency": item.frequency_per_year,
        "filing_no": item.filing_no,
    }


@on_record
def plan_body(plan: AnnualPlan) -> Body:
    """Return the public fields of a plan (计划公示内容); ratios by class stay inside."""
    return {
        "department": plan.department.name,
        "year": plan.year,
        "version": plan.version,
        "number": plan.number,
        "filing_no": plan.filing_no,
        "filed_late": plan.filed_late,
        "adjust_reason": plan.adjust_reason,
        "lines": [_line_body(line) for line in plan.lines.all()],
    }


def _line_body(line: PlanLine) -> Body:
    ratio = "按信用风险实施差异化抽查" if line.by_credit_class else f"{line.ratio_bp / 100:g}%"
    return {
        "line_no": line.line_no,
        "name": line.name,
        "scope": str(line.get_scope_display()),
        "participants": [d.name for d in line.participants.all()],
        "items": [i.name for i in line.items.all()],
        "targets": line.target_scope,
        "target_kinds": [str(TargetKind(k).label) for k in line.target_kinds],
        "ratio": ratio,
        "n_planned": line.n_planned,
        "window": f"{line.window_from_on}—{line.window_to_on}",
        "methods": [str(Method(m).label) for m in line.methods],
        "cancelled_reason": line.cancelled_reason,
    }


@on_record
def announcement_body(draw: Draw) -> Body:
    """Return what is announced before any value is open (抽取公告内容).

    In mode ``proofs`` only digests and totals: a stratum's ratio would tell a class (§4.3).
    """
    body = _draw_head(draw)
    body["totals"] = [
        {
            "fid": f.fid,
            "department": f.department.name,
            "entries": f.n_entries,
            "eligible": f.n_eligible,
        }
        for f in draw.frames.select_related("department")
    ]
    body["excluded"] = [
        {"fid": row.frame.fid, "code": row.code, "n": row.n_excluded}
        for row in DrawExclusion.objects.filter(frame__draw=draw)
        .select_related("frame")
        .order_by("frame__fid", "code")
    ]
    body["sources"] = [{"name": s.party_name, "type": s.type} for s in draw.sources.all()]
    if draw.disclosure == Disclosure.FULL:
        body["strata"] = [
            {
                "fid": s.frame.fid,
                "alias": s.alias,
                "meaning": s.meaning,
                "eligible": s.n_eligible,
                "rule": s.rule,
                "n": s.n_drawn,
            }
            for s in strata_of(draw)
        ]
    return body


@on_record
def draw_body(draw: Draw) -> Body:
    """Return the public record of a draw (抽取记录内容), after its embargo."""
    body = announcement_body(draw)
    body.update(
        rdigest=draw.rdigest,
        drawn_at=clock.local(draw.drawn_at).isoformat() if draw.drawn_at else "",
    )
    if draw.disclosure == Disclosure.FULL:
        body["seed"] = draw.seed
    rows = draw.drawn_targets.filter(is_spare=False).select_related("target", "frame__department")
    found: dict[str, Body] = {}
    for row in rows.order_by("target__code", "frame__fid"):
        entry = found.setdefault(
            row.target.code,
            {"code": row.target.code, "name": row.target.name, "departments": []},
        )
        entry["departments"].append(row.frame.department.short_name)
    body["targets"] = list(found.values())
    body["n_drawn"] = len(found)
    body["amendments"] = amendments_body(draw)
    body["anchors"] = [
        {"words": line(row), "counts": counts(row), "sha256": row.document_sha256}
        for row in confirmed(draw)
    ]
    worth = assessment(draw)
    body["level"] = worth.name if worth is not None else ""
    joined = saving(draw)
    if joined is not None:
        body["visits"] = {"checks": joined.checks, "visits": joined.visits, "apart": joined.apart}
    return body


@on_record
def amendments_body(draw: Draw) -> list[Body]:
    """Return what of replacements and re-matchings is public (递补、改派公示): no officer, no evidence."""
    found = []
    for row in amendments_of(draw):
        reasons = draw_setting(f"{row.kind}_reasons", clock.local(row.requested_at).date())
        decided = row.decided_by_department
        found.append(
            {
                "kind": str(row.get_kind_display()),
                "number": row.number,
                "reason": reasons.get(row.reason_code, row.reason_code),
                "target": row.target.name if row.kind == "replace" else "",
                "new_target": row.new_target.name if row.new_target else "",
                "department": row.department.name,
                "approved_by": decided.name if decided else "",
                "approved_on": clock.local(row.decided_at).date().isoformat()
                if row.decided_at
                else "",
            }
        )
    return found


def is_told(draw: Draw) -> bool:
    """Say whether the public record of a draw holds all there is (公示与现状一致)."""
    record = PublicRecord.objects.filter(key=f"draw:{draw}", is_current=True).first()
    if record is None:
        return False
    if len(record.body.get("anchors", ())) != confirmed(draw).count():
        return False
    return len(record.body.get("amendments", ())) == amendments_of(draw).count()


@on_record
def attestation_body(row: Attestation) -> Body:
    """Return what an auditing organ signed (监督核验结论)."""
    return {
        **_draw_head(row.draw),
        "organ": row.department.name,
        "verdict": row.verdict,
        "verdict_words": str(row.get_verdict_display()),
        "rdigest": row.rdigest,
        "note": row.note,
        "signed_at": clock.local(row.signed_at).isoformat(timespec="minutes"),
    }


@on_record
def void_body(draw: Draw) -> Body:
    """Return the public notice of a void attempt (作废公告内容)."""
    return {
        **_draw_head(draw),
        "void_digest": draw.void_digest,
        "stage": draw.void_stage,
        "code": draw.void_code,
        "reason": draw.void_reason,
    }


def _draw_head(draw: Draw) -> Body:
    task = draw.task
    return {
        "draw_id": draw.draw_id,
        "attempt": draw.attempt,
        "task": task.number,
        "task_name": task.name,
        "department": task.department.name,
        "participants": _participants(task),
        "disclosure": draw.disclosure,
        "is_demo": draw.is_demo,
        "adigest": draw.adigest,
        "session": draw.session,
        "announced_at": clock.local(draw.announced_at).isoformat() if draw.announced_at else "",
        "previous": str(draw.predecessor) if draw.predecessor else "",
        "matches_again": str(draw.matches_again) if draw.matches_again else "",
        **_extension_head(draw),
    }


def _extension_head(draw: Draw) -> Body:
    """Return what is public of why a draw takes more (补充抽取公示); evidence stays inside."""
    row = draw.extension
    if row is None:
        return {}
    decided = row.decided_by_department
    return {
        "extends": str(row.first),
        "extension_reason": row.reason,
        "extension_approved_by": decided.name if decided else "",
    }


def _participants(task: InspectionTask) -> list[str]:
    return [
        row.department.name
        for row in task.participations.select_related("department").order_by("-is_lead", "pk")
    ]


@on_record
def result_body(result: InspectionResult) -> Body:
    """Return the public fields of a result (结果公示内容): no officer, no person, no class."""
    inspection = result.inspection
    task, target = inspection.task, inspection.target
    table = result_codes_of(result.codes_version)
    return {
        "task": task.number,
        "task_name": task.name,
        "inspection": inspection.number,
        "department": result.department.name,
        "target": target.name,
        "code": target.code,
        "inspected_on": result.clock_from_on.isoformat(),
        "result": table.names(result.codes),
        "codes": list(result.codes),
        "codes_version": result.codes_version,
        "items": [
            {
                "item": row.item.name,
                "result": table.names(row.codes) if row.is_checked else ["本次未检查"],
            }
            for row in current_rows(result)
        ],
    }
