"""The life of a department (部门): registered, amended, placed under another, closed."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from openlot.accounts import events
from openlot.accounts.models import AccountRequest, Department, RequestState, branches_below
from openlot.accounts.services.granting import need_reason
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid, StaleState
from openlot.lifecycle.fire import hold
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.rules.credit_code import code_fault
from openlot.trail.changes import changes_of
from openlot.trail.writer import record

AMENDABLE = ("name", "short_name", "word", "uscc", "region", "address", "phone")
CALLED = {"address": "premises"}  # the trail's "address" is one of the network
REQUIRED = ("name", "short_name", "word")


@transaction.atomic
def register_department(*, actor: Actor, **fields: Any) -> Department:
    """Register a department (登记部门).

    Whose branch it is decides who sees its rows: that is asked for and decided by another, except
    while the platform is being set up.

    raises    Denied, Invalid, Conflict for a code or credit code that another has
    """
    if fields.get("parent") is not None and not actor.is_system:
        raise Denied(_("上级机构须另行申请，由安全管理员决定"))
    if not actor.is_system:
        _check(fields)
    try:
        with transaction.atomic():
            department = Department.objects.create(**fields)
    except IntegrityError as error:
        raise Conflict(_("部门代码或统一社会信用代码已被其他部门使用")) from error
    require(actor, Perm.DEPARTMENT_REGISTER, department)
    fact = events.DepartmentRegistered(code=department.code, name=department.name)
    record(fact, actor=actor, subject=department, department=department.code)
    return department


@transaction.atomic
def amend_department(
    department: Department, *, at_revision: int, actor: Actor, **fields: Any
) -> Department:
    """Amend what is said of a department (变更部门信息): names, 代字, codes, where it is.

    fields    of ``AMENDABLE``
    raises    Denied, Invalid, StaleState, Conflict for a closed one or a code that another has
    """
    require(actor, Perm.DEPARTMENT_REGISTER, department)
    if not set(fields) <= set(AMENDABLE):
        raise TypeError(f"not amendable: {sorted(set(fields) - set(AMENDABLE))}")
    hold(department)
    _need_standing(department)
    _check(fields)
    changes = {
        CALLED.get(name, name): pair for name, pair in changes_of(department, fields).items()
    }
    if not changes:
        raise Invalid(_("没有变更"))
    try:
        with transaction.atomic():
            _put(department, at_revision, **fields)
    except IntegrityError as error:
        raise Conflict(_("部门代码或统一社会信用代码已被其他部门使用")) from error
    fact = events.DepartmentAmended(changes=changes)
    record(fact, actor=actor, subject=department, department=department.code)
    return Department.objects.get(pk=department.pk)


def place_department(department: Department, parent: Department | None, *, actor: Actor) -> None:
    """Put a department under another (变更上级机构), as one asked for and another approved.

    raises    Conflict under itself, under its own branch, or where either is closed
    """
    # Two moves at once could close a circle that neither sees: one place is changed at a time.
    list(Department.objects.select_for_update(of=("self",), no_key=True).order_by("pk"))
    hold(department)
    _need_standing(department)
    if parent is not None:
        hold(parent)
        _need_standing(parent)
        if parent.pk == department.pk or parent.pk in branches_below(department.pk):
            raise Conflict(_("上级机构不能是本部门或其派出机构"))
    before = department.parent.code if department.parent else ""
    _put(department, department.revision, parent=parent)
    fact = events.DepartmentPlaced(parent_before=before, parent_after=parent.code if parent else "")
    record(fact, actor=actor, subject=department, department=department.code)


@transaction.atomic
def end_department(
    department: Department, *, reason: str, at_revision: int, actor: Actor
) -> Department:
    """Close a department (撤销部门); its history stays with it.

    raises    Denied, Invalid without a reason, StaleState, Conflict while accounts, branches or
              requests of it are open
    """
    require(actor, Perm.DEPARTMENT_REGISTER, department)
    need_reason(reason)
    hold(department)
    _need_standing(department)
    if department.users.filter(is_active=True).exists():
        raise Conflict(_("该部门还有正常使用的账号，请先停用或者调动"))
    if department.branches.filter(closed_at=None).exists():
        raise Conflict(_("该部门还有派出机构，请先变更其上级机构"))
    about = Q(department=department) | Q(to_department=department)
    if AccountRequest.objects.filter(about, state=RequestState.REQUESTED).exists():
        raise Conflict(_("该部门还有待决定的账号申请"))
    duty = department.duties.filter(ended_at=None).select_related("user").first()
    if duty is not None:
        raise Conflict(_("%(name)s 仍是该部门专人，请先免去"), name=duty.user.name)
    _put(department, at_revision, closed_at=clock.now(), closed_reason=reason)
    fact = events.DepartmentClosed(reason=reason)
    record(fact, actor=actor, subject=department, department=department.code)
    return Department.objects.get(pk=department.pk)


def need_standing(department: Department) -> None:
    """Refuse a department that was closed (部门已撤销), its row held until the transaction ends.

    raises    Conflict
    """
    hold(department)
    _need_standing(department)


def _need_standing(department: Department) -> None:
    if department.closed_at is not None:
        raise Conflict(_("%(name)s已撤销"), name=department.name)


def _put(department: Department, at_revision: int, **fields: Any) -> None:
    rows = Department.objects.filter(pk=department.pk, revision=at_revision)
    if rows.update(revision=F("revision") + 1, **fields) != 1:
        raise StaleState


def _check(fields: dict[str, Any]) -> None:
    faults: dict[str, Any] = {
        name: _("请填写") for name in REQUIRED if not str(fields.get(name, "")).strip()
    }
    if code_fault(str(fields.get("uscc", ""))):
        faults["uscc"] = _("统一社会信用代码不符合校验规则，请对照证书核对")
    if faults:
        raise Invalid(fields=faults)
