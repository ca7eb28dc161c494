"""Drawing more targets (补充抽取): asked by the department, approved by another unit, drawn afresh."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.draws import events
from openlot.draws.extending import check_caps
from openlot.draws.machine import EXTENSION
from openlot.draws.models import Draw, DrawState, DrawStratum, Extension, ExtensionShare
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.kernel.uploads import Accept, Received, receive
from openlot.lifecycle.fire import create, fire, hold
from openlot.tasks.models import Origin


def request_extension(
    first: Draw,
    *,
    more: Mapping[DrawStratum, int],
    reason: str,
    document: tuple[str, bytes],
    nested: bool = False,
    actor: Actor,
) -> Extension:
    """Ask to draw more targets for a task that was drawn (申请补充抽取), with evidence.

    more      stratum of the first draw to how many more of it
    nested    to go on in the order that is known: only where later stages were announced
    raises    Invalid, Denied, Conflict where the plan or a ceiling does not allow it
    paper     vdr1 §7.5: sizes chosen after the order is known can be biased
    """
    asked = {stratum: n for stratum, n in more.items() if n}
    _check_first(first, nested)
    _check_request(first, asked, reason)
    paper = receive(*document, Accept.DOCUMENT, field="document")
    with transaction.atomic():
        return _request(first, asked, reason, paper, nested, actor)


def _request(
    first: Draw,
    asked: Mapping[DrawStratum, int],
    reason: str,
    paper: Received,
    nested: bool,
    actor: Actor,
) -> Extension:
    hold(first)
    _check_first(first, nested)
    check_caps(first, asked)
    fact = events.ExtensionRequested(
        extends=str(first),
        more=sum(asked.values()),
        reason=reason.strip(),
        document=paper.sha256,
    )
    made = create(
        Extension,
        EXTENSION["request"],
        fact,
        actor=actor,
        task=first.task,
        first=first,
        serial=first.extensions.count() + 1,
        department=first.task.department,
        reason=reason.strip(),
        document=paper.content,
        document_name=paper.name,
        document_sha256=paper.sha256,
        requested_at=clock.now(),
        requested_by_ref=actor.ref,
    )
    ExtensionShare.objects.bulk_create(
        ExtensionShare(extension=made, stratum=stratum, n=n) for stratum, n in asked.items()
    )
    return made


def _check_first(first: Draw, nested: bool) -> None:
    if nested:
        words = _(
            "公告的抽取规则没有列明后续批次和数量，不能按原签号顺延；"
            "只能重新产生随机数、另行补充抽取"
        )
        raise Invalid(fields={"nested": words})
    if first.task.origin == Origin.SUPERIOR:
        raise Conflict(_("上级下达名单的任务不抽取对象，不能补充抽取"))
    if first.extension is not None or first.matches_again is not None:
        raise Conflict(_("请在首次抽取的页面申请补充抽取"))
    _check_stands(first)
    if first.extensions.filter(state="requested").exists():
        raise Conflict(_("已有待审批的补充抽取申请"))


def _check_stands(first: Draw) -> None:
    matched = first.state == DrawState.MATCHED or (
        first.state == DrawState.DRAWN
        and first.rematchings.filter(state=DrawState.MATCHED).exists()
    )
    if not matched or first.void_requested_at is not None:
        raise Conflict(_("抽取尚未完成或正在作废，不能补充抽取"))


def _check_request(first: Draw, asked: Mapping[DrawStratum, int], reason: str) -> None:
    faults: dict[str, str | Promise] = {}
    if not asked:
        faults["more"] = _("请至少在一层填写补充抽取数")
    if not reason.strip():
        faults["reason"] = _("请写明补充抽取的原因，该原因将向社会公开")
    for stratum, n in asked.items():
        left = stratum.n_eligible - stratum.n_drawn
        if n > left:
            words = _("%(stratum)s 未抽中的只有 %(left)s 户")
            faults["more"] = words % {"stratum": stratum.meaning, "left": left}
    if faults:
        raise Invalid(fields=faults)
    if any(stratum.frame.draw_id != first.pk for stratum in asked):
        raise Conflict(_("所选的层不属于该次抽取"))


@transaction.atomic
def approve_extension(row: Extension, *, actor: Actor) -> Extension:
    """Approve a supplementary draw (批准补充抽取): the second person, of a unit outside the task.

    raises    Denied for a department of the task; Conflict where a ceiling would be exceeded
    """
    _from_outside(row, actor)
    hold(row.first)
    hold(row)
    _check_stands(row.first)
    shares = {share.stratum: share.n for share in row.shares.select_related("stratum__frame")}
    check_caps(row.first, shares)
    fact = events.ExtensionApproved(more=sum(shares.values()))
    return _decide(row, "approve", fact, actor)


@transaction.atomic
def refuse_extension(row: Extension, *, reason: str, actor: Actor) -> Extension:
    """Refuse a supplementary draw (不同意补充抽取), with a reason."""
    _from_outside(row, actor)
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明不同意的原因")})
    fact = events.ExtensionRefused(reason=reason.strip())
    return _decide(row, "refuse", fact, actor, refused_reason=reason.strip())


def _decide(
    row: Extension,
    arrow: str,
    fact: events.ExtensionApproved | events.ExtensionRefused,
    actor: Actor,
    **changes: str,
) -> Extension:
    return fire(
        row,
        EXTENSION[arrow],
        fact,
        actor=actor,
        decided_at=clock.now(),
        decided_by_ref=actor.ref,
        decided_by_department_id=actor.department_id,
        **changes,  # type: ignore[arg-type]  # columns, none of them called at_revision
    )


def _from_outside(row: Extension, actor: Actor) -> None:
    if actor.is_system:
        return
    if row.task.participations.filter(department_id=actor.department_key).exists():
        raise Denied(_("须由参与部门以外的单位批准"))
