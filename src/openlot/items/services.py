"""Changing the item list: every act through an arrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.items import events
from openlot.items.machine import ITEM
from openlot.items.models import CheckQuestion, InspectionItem, ItemParticipation, ItemState
from openlot.items.selectors import gaps
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.lifecycle.fire import create, fire
from openlot.rules.document_numbers import filing_number
from openlot.trail.changes import changes_of

NEEDED = _("必填项，请补充")


@transaction.atomic
def draft_item(
    *,
    code: str,
    department: Department,
    participants: Sequence[Department] = (),
    questions: Iterable[Mapping[str, Any]] = (),
    actor: Actor,
    **fields: Any,
) -> InspectionItem:
    """Draft an item, or the next version of one (拟定抽查事项).

    raises    Conflict when the code is another department's or a version is still on its way
    """
    earlier = InspectionItem.objects.filter(code=code)
    if earlier.exclude(department=department).exists():
        raise Conflict(_("事项编号 %(code)s 已被其他部门使用，请换一个编号"), code=code)
    if earlier.filter(
        state__in=(ItemState.DRAFT, ItemState.SUBMITTED, ItemState.APPROVED, ItemState.FILED)
    ).exists():
        raise Conflict(_("事项 %(code)s 已有在办版本，请先办结"), code=code)
    version = (earlier.aggregate(top=Max("version"))["top"] or 0) + 1
    fact = events.ItemDrafted(code=code, version=version, name=fields["name"])
    item = create(
        InspectionItem,
        ITEM["draft"],
        fact,
        actor=actor,
        code=code,
        version=version,
        department=department,
        **fields,
    )
    _put_children(item, participants, questions)
    return item


@transaction.atomic
def amend_item(
    item: InspectionItem,
    *,
    actor: Actor,
    at_revision: int,
    participants: Sequence[Department] | None = None,
    questions: Iterable[Mapping[str, Any]] | None = None,
    **fields: Any,
) -> InspectionItem:
    """Change a draft (修改草稿); nothing that was handed in can be changed."""
    fact = events.ItemAmended(
        changes=changes_of(item, fields) | _children_changes(item, participants, questions)
    )
    amended = fire(item, ITEM["amend"], fact, actor=actor, at_revision=at_revision, **fields)
    _put_children(amended, participants, questions)
    return amended


def submit_item(item: InspectionItem, *, actor: Actor) -> InspectionItem:
    """Hand an item in for approval (提交审定).

    raises    Invalid naming every field that is still missing
    """
    missing = gaps(item)
    if missing:
        raise Invalid(fields=dict.fromkeys(missing, NEEDED))
    return fire(
        item,
        ITEM["submit"],
        events.ItemSubmitted(),
        actor=actor,
        submitted_by_ref=actor.ref,
        returned_reason="",
    )


@transaction.atomic
def confirm_item(item: InspectionItem, *, actor: Actor) -> InspectionItem:
    """Agree to a joint item as a participant (参与部门确认)."""
    row = item.participations.filter(department_id=actor.department_key).first()
    if row is None:
        raise Denied
    if row.confirmed_at is None:
        ItemParticipation.objects.filter(pk=row.pk).update(
            confirmed_at=clock.now(), confirmed_by_ref=actor.ref
        )
    fact = events.ItemConfirmed(department=actor.department_code)
    return fire(item, ITEM["confirm"], fact, actor=actor)


@transaction.atomic
def approve_item(item: InspectionItem, *, actor: Actor) -> InspectionItem:
    """Approve an item as head of its department (审定); not by the one who handed it in.

    raises    Conflict while a participant of a joint item has not agreed
    """
    if item.submitted_by_ref == actor.ref:
        raise Denied(_("提交人不能审定自己提交的事项"))
    waiting = item.participations.filter(confirmed_at=None).select_related("department").first()
    if waiting is not None:
        raise Conflict(_("%(department)s 尚未确认参与"), department=waiting.department.name)
    return fire(item, ITEM["approve"], events.ItemApproved(), actor=actor)


def return_item(item: InspectionItem, *, reason: str, actor: Actor) -> InspectionItem:
    """Send an item back with a reason (退回修改)."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明退回原因")})
    return fire(
        item,
        ITEM["send_back"],
        events.ItemReturned(reason=reason),
        actor=actor,
        returned_reason=reason,
    )


@transaction.atomic
def file_item(item: InspectionItem, *, actor: Actor) -> InspectionItem:
    """Take an item on file at the joint-conference office (报备登记)."""
    today = clock.today()
    count = InspectionItem.objects.filter(filed_on__year=today.year).count() + 1
    filing_no = filing_number(today.year, count)
    return fire(
        item,
        ITEM["file"],
        events.ItemFiled(filing_no=filing_no),
        actor=actor,
        filing_no=filing_no,
        filed_on=today,
    )


@transaction.atomic
def publish_item(item: InspectionItem, *, actor: Actor) -> InspectionItem:
    """Publish an item so that it takes effect (公示生效); the version before it steps back."""
    before = InspectionItem.objects.filter(code=item.code, state=ItemState.EFFECTIVE).first()
    if before is not None:
        fact = events.ItemSuperseded(by_version=item.version)
        fire(before, ITEM["supersede"], fact, actor=actor)
    published = events.ItemPublished(code=item.code, version=item.version)
    return fire(item, ITEM["publish"], published, actor=actor, effective_at=clock.now())


def suspend_item(item: InspectionItem, *, reason: str, actor: Actor) -> InspectionItem:
    """Suspend an effective item (停用): it can no longer be planned."""
    return fire(item, ITEM["suspend"], events.ItemSuspended(reason=_given(reason)), actor=actor)


def repeal_item(item: InspectionItem, *, reason: str, actor: Actor) -> InspectionItem:
    """Repeal an item (废止) for good."""
    return fire(item, ITEM["repeal"], events.ItemRepealed(reason=_given(reason)), actor=actor)


def _given(reason: str) -> str:
    if not reason.strip():
        raise Invalid(fields={"reason": _("请写明原因")})
    return reason.strip()


def _children_changes(
    item: InspectionItem,
    participants: Sequence[Department] | None,
    questions: Iterable[Mapping[str, Any]] | None,
) -> dict[str, list[str]]:
    """Return what differs in the rows that belong to a draft, as texts before and after."""
    pairs: dict[str, tuple[list[str], list[str]]] = {}
    if participants is not None:
        before = item.participations.values_list("department__code", flat=True)
        pairs["participants"] = (sorted(before), sorted(d.code for d in participants))
    if questions is not None:
        asked = [str(q["content"]) for q in questions]
        pairs["questions"] = (list(item.questions.values_list("content", flat=True)), asked)
    return {
        name: ["；".join(before), "；".join(after)]
        for name, (before, after) in pairs.items()
        if before != after
    }


def _put_children(
    item: InspectionItem,
    participants: Sequence[Department] | None,
    questions: Iterable[Mapping[str, Any]] | None,
) -> None:
    """Replace the rows of a draft; a draft is nobody's record yet."""
    if participants is not None:
        item.participations.exclude(department__in=participants).delete()
        for department in participants:
            ItemParticipation.objects.get_or_create(item=item, department=department)
    if questions is not None:
        item.questions.all().delete()
        CheckQuestion.objects.bulk_create(
            CheckQuestion(item=item, order=order, **question)
            for order, question in enumerate(questions, start=1)
        )
