"""Acts that become public at once: the act and its snapshot in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fairdraw.announce import Announcement
from fairdraw.disclosure import OUTCOME, PUBLIC, ReceiptMaker, outcome_rows, public_edition
from fairdraw.evidence import write_zip
from fairdraw.frame import Frame
from fairdraw.logproof import commitment
from fairdraw.result import draw as run_protocol
from fairdraw.roster import Roster
from fairdraw.seed import Opening
from openlot.draws import services as draws
from openlot.draws.models import Draw, DrawState
from openlot.draws.selectors import amendments_of, evidence, is_embargoed, public_bundle_files
from openlot.inspections import services as inspections
from openlot.inspections.models import Inspection, InspectionState
from openlot.items import services as items
from openlot.items.models import InspectionItem
from openlot.kernel import clock, ids
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import hold
from openlot.plans import services as plans
from openlot.plans.models import AnnualPlan
from openlot.publication.events import ReceiptIssued, RecordPublished
from openlot.publication.models import OpenedEvent, PublicFile, PublicRecord, SealedReceipt
from openlot.publication.snapshots import (
    Body,
    announcement_body,
    attestation_body,
    draw_body,
    is_told,
    item_body,
    plan_body,
    result_body,
    void_body,
)
from openlot.registers.models import InspectionTarget
from openlot.results import services as results
from openlot.results.models import InspectionResult
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.tasks.models import Disclosure
from openlot.trail.events import canonical
from openlot.trail.inserting import Row
from openlot.trail.models import Entry
from openlot.trail.places import newest_of
from openlot.trail.writer import BODY_VERSION, record

Kind = PublicRecord.Kind


@transaction.atomic
def publish_item(item: InspectionItem, *, actor: Actor) -> PublicRecord:
    """Publish an item (事项公示生效) on the portal in the same act."""
    done = items.publish_item(item, actor=actor)
    return _put(
        Kind.ITEM,
        f"item:{done.code}",
        done.name,
        done.department.name,
        clock.today().year,
        item_body(done),
        actor,
        code=done.code,
        opens=newest_of(done, "item.published"),
    )


@transaction.atomic
def publish_plan(plan: AnnualPlan, *, actor: Actor) -> PublicRecord:
    """File and publish a plan (备案并公开) on the portal in the same act."""
    done = plans.publish_plan(plan, actor=actor)
    return _put(
        Kind.PLAN,
        f"plan:{done.department.code}:{done.year}",
        done.title,
        done.department.name,
        done.year,
        plan_body(done),
        actor,
        code=done.number,
        is_late=done.filed_late,
        reason=done.adjust_reason,
        opens=newest_of(done, "plan.published"),
    )


@transaction.atomic
def announce_draw(draw: Draw, *, actor: Actor) -> PublicRecord:
    """Announce a draw (抽取公告) in the trail and on the portal at once."""
    done = draws.announce_draw(draw, actor=actor)
    files = {}
    if done.disclosure == Disclosure.FULL:
        files["announcement.vdr"] = evidence(done, "announcement.vdr")
    return _put(
        Kind.ANNOUNCEMENT,
        f"announcement:{done}",
        done.task.name,
        done.task.department.name,
        done.as_of_on.year,
        announcement_body(done),
        actor,
        code=done.draw_id,
        files=files,
        opens=newest_of(done, "draw.announced"),
    )


@transaction.atomic
def publish_draw(draw: Draw, *, actor: Actor) -> PublicRecord:
    """Publish the record of a draw (公布抽取记录) after its embargo.

    Mode ``full``: the whole bundle but the roster. Mode ``proofs``: the public edition, and for
    each business its own receipt under the check code of its notice. What was replaced or matched
    again since is published as the next version.

    raises    Conflict before the draw, its papers or the embargo's end, and when it is public
    """
    require(actor, Perm.DRAW_PREPARE, draw)
    hold(draw)
    if not draw.rdigest or is_embargoed(draw):
        raise Conflict(_("抽取尚未完成或未到公布时间"))
    if draw.state == DrawState.MATCHED and not draw.inspections.exists():
        raise Conflict(_("请先制发检查文书：每户的回执凭通知书上的查验码打开"))
    if is_told(draw):
        raise Conflict(_("抽取记录已经公布"))
    newcomers = amendments_of(draw).values("new_target__code")
    if draw.inspections.filter(state=InspectionState.READY, target__code__in=newcomers).exists():
        raise Conflict(_("递补对象尚未开始检查，暂不公布"))
    if draw.disclosure == Disclosure.FULL:
        files = {"bundle.zip": write_zip(public_bundle_files(draw))}
        maker = None
    else:
        edition, maker = _closed_edition(draw)
        files = {PUBLIC: edition}
    made = _put(
        Kind.DRAW,
        f"draw:{draw}",
        draw.task.name,
        draw.task.department.name,
        draw.as_of_on.year,
        draw_body(draw),
        actor,
        code=draw.draw_id,
        files=files,
        opens=newest_of(draw, "draw.drawn"),
    )
    if maker is not None:
        _seal_receipts(made, draw, maker)
    return made


def _closed_edition(draw: Draw) -> tuple[bytes, ReceiptMaker]:
    """Derive outcome tree and public edition from the evidence as it stands."""
    announcement = Announcement.parse(evidence(draw, "announcement.vdr"))
    frames = {
        row.fid: Frame.parse(row.fid, row.lane, evidence(draw, f"frame-{row.fid}.vdr"))
        for row in draw.frames.all()
    }
    result = run_protocol(
        announcement,
        list(frames.values()),
        Roster.parse(evidence(draw, "roster.vdr")),
        Opening.parse(evidence(draw, "opening.vdr")),
    )
    keys = dict.fromkeys(frames, bytes(draw.frame_key))
    outcome = outcome_rows(announcement, list(frames.values()), result, keys)
    edition = public_edition(announcement, list(frames.values()), result, outcome)
    if not draw.files.filter(name=OUTCOME).exists():
        draws.keep_disclosure(draw, {OUTCOME: outcome, PUBLIC: edition})
    return edition, ReceiptMaker(announcement, frames, result, outcome)


def _seal_receipts(made: PublicRecord, draw: Draw, maker: ReceiptMaker) -> None:
    """Keep a business's receipt of each list it stands on, opened only by the code on its notice."""
    rows = draw.inspections.select_related("target")
    departments = dict(draw.frames.values_list("fid", "department__name"))
    for inspection in rows:
        code = inspection.target.code
        for fid, frame in maker.frames.items():
            if not frame.is_eligible(code):
                continue
            SealedReceipt.objects.create(
                record=made,
                code_sha256=hashlib.sha256(inspection.check_code.encode()).hexdigest(),
                fid=fid,
                body={"target": inspection.target.name, "department": departments[fid]},
                content=maker.receipt(fid, code),
            )


@transaction.atomic
def issue_receipt(draw: Draw, target: InspectionTarget, *, shown: str, actor: Actor) -> str:
    """Give a business that was not visited its own row of a draw (身份核验后出具回执).

    shown     what the person proved the identity with, e.g. licence and ID seen at the counter
    returns   a fresh check code, told once; the portal opens the receipt with it
    raises    Denied for another department's target, Invalid, Conflict before the draw is public
              or when the target was not drawable in it
    paper     vdr1 §4.3
    """
    require(actor, Perm.RECEIPT_ISSUE, target)
    if not shown.strip():
        raise Invalid(fields={"shown": _("请写明核验了什么证件")})
    record_of_draw = PublicRecord.objects.filter(key=f"draw:{draw}", is_current=True).first()
    if record_of_draw is None or draw.disclosure != Disclosure.PROOFS:
        raise Conflict(_("该次抽取尚未公布，或已全部公开、无须回执"))
    frame = draw.frames.filter(department=target.department).first()
    _edition, maker = _closed_edition(draw)
    if frame is None or not maker.frames[frame.fid].is_eligible(target.code):
        raise Conflict(_("该对象不在本次可抽取名单中"))
    code = ids.check_code()
    SealedReceipt.objects.create(
        record=record_of_draw,
        code_sha256=hashlib.sha256(code.encode()).hexdigest(),
        fid=frame.fid,
        body={"target": target.name, "department": target.department.name},
        content=maker.receipt(frame.fid, target.code),
    )
    fact = ReceiptIssued(draw=str(draw), target=target.code, shown=shown.strip())
    record(fact, actor=actor, subject=target, department=target.department.code)
    return code


@transaction.atomic
def void_draw(draw: Draw, *, actor: Actor) -> PublicRecord:
    """Void a draw (作废) publicly; what it sent people to is cancelled with it.

    raises    Conflict once an inspection of it has begun
    """
    hold(draw)
    if draw.inspections.exclude(state=InspectionState.READY).exists():
        raise Conflict(_("已有对象开始检查，不能作废"))
    done = draws.void_draw(draw, actor=actor)
    results.cancel_results(inspections.cancel_inspections(done, actor=actor), actor=actor)
    files = {"void.vdr": evidence(done, "void.vdr")}
    return _put(
        Kind.VOID,
        f"void:{done}",
        done.task.name,
        done.task.department.name,
        done.as_of_on.year,
        void_body(done),
        actor,
        code=done.draw_id,
        files=files,
        opens=newest_of(done, "draw.voided"),
    )


@transaction.atomic
def cancel_left_over(*, actor: Actor) -> int:
    """Cancel what draws that were voided before still send people to (补办随抽取作废); how many.

    Where every void took its inspections with it there is nothing.
    """
    waiting = Inspection.objects.filter(draw__state=DrawState.VOIDED, state=InspectionState.READY)
    found = Draw.objects.filter(pk__in=waiting.values("draw")).order_by("pk")
    n = 0
    for draw in found:
        rows = inspections.cancel_inspections(draw, actor=actor)
        results.cancel_results(rows, actor=actor)
        n += len(rows)
    return n


@transaction.atomic
def attest_draw(draw: Draw, *, verdict: str, rdigest: str, note: str, actor: Actor) -> PublicRecord:
    """Sign and publish what an auditing organ found (核验签署并公开) in the same act."""
    done = draws.attest_draw(draw, verdict=verdict, rdigest=rdigest, note=note, actor=actor)
    return _put(
        Kind.ATTESTATION,
        f"attestation:{draw}:{done.department.code}",
        draw.task.name,
        done.department.name,
        draw.as_of_on.year,
        attestation_body(done),
        actor,
        code=draw.draw_id,
        opens=newest_of(draw, "draw.attested"),
    )


@transaction.atomic
def publish_result(result: InspectionResult, *, actor: Actor) -> PublicRecord:
    """Publish one department's result at one target (公示检查结果), late or in time."""
    done = results.mark_published(result, actor=actor)
    target = done.inspection.target
    late = bool(done.published_at and clock.local(done.published_at).date() > done.due_on)
    return _put(
        Kind.RESULT,
        f"result:{done.public_id}",
        target.name,
        done.department.name,
        done.clock_from_on.year,
        result_body(done),
        actor,
        code=target.code,
        due_on=done.due_on,
        is_late=late,
        opens=newest_of(done, "result.published"),
    )


def _put(
    kind: str,
    key: str,
    title: str,
    department_name: str,
    year: int,
    body: Body,
    actor: Actor,
    *,
    code: str = "",
    files: Mapping[str, bytes] | None = None,
    due_on: date | None = None,
    is_late: bool = False,
    reason: str = "",
    opens: Iterable[Entry] = (),
) -> PublicRecord:
    """Add the next version of a snapshot; the one before stays, marked as past.

    opens     events of the trail that the snapshot opens, beside the one of its own publication
    """
    before = PublicRecord.objects.filter(key=key, is_current=True).first()
    version = before.version + 1 if before else 1
    if before is not None:
        PublicRecord.objects.filter(pk=before.pk).update(is_current=False)
    made = PublicRecord.objects.create(
        kind=kind,
        key=key,
        version=version,
        title=title,
        department_name=department_name,
        year=year,
        body=body,
        code=code,
        published_at=clock.now(),
        due_on=due_on,
        is_late=is_late,
        correction_reason=reason,
        search=" ".join([title, code, department_name])[:400],
    )
    for name, content in (files or {}).items():
        PublicFile.objects.create(
            record=made,
            name=name,
            content=content,
            media_type="application/octet-stream",
            sha256=hashlib.sha256(content).hexdigest(),
        )
    fact = RecordPublished(
        kind_of_record=kind,
        key=key,
        version=version,
        body_sha256=hashlib.sha256(canonical(body)).hexdigest(),
    )
    for entry in opens:
        _open(made, entry)
    _open(made, record(fact, actor=actor, subject=made))
    return made


def _open(made: PublicRecord, entry: Entry | Row) -> None:
    """Let the public hash an event into its leaf; bodies of version 1 name who acted and stay shut."""
    body = bytes(entry.body)
    if json.loads(body)["v"] < BODY_VERSION:
        return
    OpenedEvent.objects.create(
        record=made,
        kind=entry.kind,
        commitment=bytes.fromhex(commitment(bytes(entry.salt), body)),
        salt=bytes(entry.salt),
        body=body,
    )
