"""Building the demo city (演示城市) through the same services that a real one uses."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from openlot.accounts.models import Department, Duty, Region, RegulatoryField, User
from openlot.accounts.services import (
    grant_role,
    name_for_duty,
    open_account,
    register_department,
)
from openlot.items.services import (
    approve_item,
    confirm_item,
    draft_item,
    file_item,
    submit_item,
)
from openlot.kernel.actor import Actor, Role
from openlot.ops.demo.departments import BRANCHES, BUREAUS, FIELDS, TOWNSHIPS
from openlot.ops.demo.items import ITEMS, QUESTIONS, ItemRow
from openlot.ops.demo.policies import (
    ACCOUNT_SETTINGS,
    DEADLINES,
    DRAW_SETTINGS,
    ORDER,
    RATIOS,
    RESULT_CODES,
    calendars,
)
from openlot.ops.demo.targets import Chance, person
from openlot.policies.models import Policy
from openlot.policies.services import adopt_policy
from openlot.publication.services import publish_item
from openlot.registers.models import Inspector
from openlot.rules.credit_code import make_uscc
from openlot.rules.signin import DEFAULTS

HERE = Path(__file__).parent
ZONE = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system("seed_demo")
Progress = Callable[[str, int, int], None]

ROLE_HOMES: dict[Role, str] = {
    Role.CONFERENCE_OFFICE: "SCJG",
    Role.PLATFORM_ADMIN: "SCJG",
    Role.SECURITY_ADMIN: "SCJG",
    Role.AUDIT_ADMIN: "SCJG",
    Role.GOVERNMENT: "ZFB",
    Role.AUDITOR: "SJJ",
    Role.SUPERVISOR: "SFJ",
    Role.SUPERIOR: "FYSJ",
}
DEPARTMENT_ROLES = (
    Role.DEPARTMENT_HEAD,
    Role.ACCOUNT_CLERK,
    Role.ENTRY_CLERK,
    Role.PUBLICATION_CLERK,
    Role.TASK_CLERK,
    Role.REVIEWER,
)
DUTIES = {
    Role.ACCOUNT_CLERK: Duty.Kind.ACCOUNTS,
    Role.ENTRY_CLERK: Duty.Kind.ENTRY,
    Role.PUBLICATION_CLERK: Duty.Kind.PUBLICATION,
}
METHODS = {"s": "on_site", "d": "documentary", "o": "online", "t": "sampling"}


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """Return an instant of the city's day (演示时刻)."""
    return datetime.combine(day, time(hour, minute), ZONE)


def build_regions() -> None:
    """Register the city and its townships (行政区划)."""
    with (HERE / "regions-341282.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            Region.objects.get_or_create(
                code=row["code"], defaults={"name": row["name"], "parent_code": row["parent"]}
            )
    for code, (name, priority) in FIELDS.items():
        RegulatoryField.objects.get_or_create(
            code=code, defaults={"name": name, "is_priority": priority}
        )


def build_departments() -> None:
    """Register the forty departments (部门)."""
    city = Region.objects.get(code="341282")
    fields = {f.code: f for f in RegulatoryField.objects.all()}
    for number, bureau in enumerate(BUREAUS, start=1):
        kind = {"GXQ": "zone", "FYSJ": "superior"}.get(bureau.code, "bureau")
        register_department(
            actor=SYSTEM,
            code=bureau.code,
            name=bureau.name,
            short_name=bureau.short,
            word=bureau.word,
            uscc=make_uscc("11", "341282", f"0032{number:04d}"),
            kind=kind,
            region=city,
            field=fields[bureau.field],
            enforces=bureau.inspectors > 0,
            address=f"界首市政务区{number}号楼",
            phone=f"0558-48{number:05d}",
        )
    for number, code in enumerate(TOWNSHIPS, start=1):
        region = Region.objects.get(code=code)
        place = "街道办事处" if region.name.endswith("街道") else "人民政府"
        register_department(
            actor=SYSTEM,
            code=f"XZ{code[-3:]}",
            name=f"界首市{region.name.removesuffix('街道')}{place}",
            short_name=region.name,
            word=f"界{region.name[:1]}",
            uscc=make_uscc("11", "341282", f"0033{number:04d}"),
            kind="township",
            region=region,
            field=fields["other"],
            enforces=False,
        )

    _branches(city, fields["market"])


def _branches(city: Region, field: RegulatoryField) -> None:
    """Two branches of the bureau that leads: they see their own rows, the bureau sees theirs."""
    bureau = Department.objects.get(code="SCJG")
    for number, name in enumerate(BRANCHES, start=1):
        register_department(
            actor=SYSTEM,
            code=f"SCJG-{number}",
            name=f"界首市市场监督管理局{name}市场监督管理所",
            short_name=f"{name}市场监管所",
            word="界市监",
            uscc=make_uscc("11", "341282", f"0034{number:04d}"),
            kind="office",
            region=city,
            field=field,
            parent=bureau,
            enforces=False,
            address=f"界首市{name}",
        )


def build_users(seed: str) -> None:
    """Open accounts for every role (账号与角色)."""
    chance = Chance(f"{seed}|users")
    for department in Department.objects.order_by("code"):
        for role in DEPARTMENT_ROLES:
            if department.kind in ("bureau", "zone") and department.code not in ("SJJ", "ZFB"):
                user = _user(department, role, person(chance))
                if role in DUTIES:
                    name_for_duty(user, DUTIES[role], actor=SYSTEM)
    for role, home in ROLE_HOMES.items():
        _user(Department.objects.get(code=home), role, person(chance))
    for role in (Role.EXPERT, Role.LEGAL_REVIEWER):
        _user(Department.objects.get(code="SCJG"), role, person(chance))
    for branch in Department.objects.filter(kind="office").order_by("code"):
        for role in (Role.DEPARTMENT_HEAD, Role.ENTRY_CLERK):
            _user(branch, role, person(chance))


def _user(department: Department, role: Role, name: str) -> User:
    username = f"{department.code.lower()}-{role.value.replace('_', '-')}"
    user = open_account(
        username=username, name=name, department=department, password=None, actor=SYSTEM
    )
    grant_role(user, role, actor=SYSTEM)
    return user


def build_policies(day: date) -> None:
    """Adopt the calendars, deadlines, result codes and ratios (政策参数)."""
    start = date(2024, 1, 1)
    for year, (body, source) in calendars().items():
        adopt_policy(
            kind=Policy.Kind.CALENDAR,
            key=year,
            body=body,
            source=source,
            effective_on=start,
            actor=SYSTEM,
        )
    for key, (body, source) in DEADLINES.items():
        adopt_policy(
            kind=Policy.Kind.DEADLINE,
            key=key,
            body=body,
            source=source,
            effective_on=start,
            actor=SYSTEM,
        )
    adopt_policy(
        kind=Policy.Kind.RESULT_CODES,
        key="national",
        body=RESULT_CODES,
        source="CN-2024-guess：据公开样例整理，待官方代码表核对",
        effective_on=start,
        actor=SYSTEM,
    )
    adopt_policy(
        kind=Policy.Kind.RATIO,
        key="default",
        body=RATIOS,
        source=f"{ORDER} 二（七）",
        effective_on=start,
        actor=SYSTEM,
    )
    for kind, settings in (
        (Policy.Kind.DRAW, DRAW_SETTINGS),
        (Policy.Kind.ACCOUNT, ACCOUNT_SETTINGS),
    ):
        for key, (body, source) in settings.items():
            adopt_policy(
                kind=kind,
                key=key,
                body=body,
                source=source,
                effective_on=start,
                actor=SYSTEM,
            )
    build_sign_in_policies()


def build_sign_in_policies() -> None:
    """Adopt the numbers of signing in (登录安全参数) as the rules of protection give them."""
    for key, (body, source) in DEFAULTS.items():
        adopt_policy(
            kind=Policy.Kind.SIGN_IN,
            key=key,
            body=body,
            source=source,
            effective_on=date(2024, 1, 1),
            actor=SYSTEM,
        )


def build_items(progress: Progress) -> None:
    """Take the 45 items from draft to effect (随机抽查事项清单), each by the right people."""
    departments = {d.code: d for d in Department.objects.all()}
    office = as_role("SCJG", Role.CONFERENCE_OFFICE)
    for number, row in enumerate(ITEMS, start=1):
        owner = departments[row.owner]
        clerk = as_role(row.owner, Role.ENTRY_CLERK)
        item = draft_item(
            code=f"{row.owner}-{number:02d}",
            department=owner,
            participants=[departments[c] for c in row.joint],
            questions=_questions(row),
            actor=clerk,
            **_item_fields(row, owner),
        )
        item = submit_item(item, actor=clerk)
        for code in row.joint:
            item = confirm_item(item, actor=as_role(code, Role.DEPARTMENT_HEAD))
        item = approve_item(item, actor=as_role(row.owner, Role.DEPARTMENT_HEAD))
        item = file_item(item, actor=office)
        publish_item(item, actor=as_role(row.owner, Role.PUBLICATION_CLERK))
        progress("抽查事项", number, len(ITEMS))


def _item_fields(row: ItemRow, owner: Department) -> dict[str, object]:
    return {
        "list_kind": "joint" if row.joint else "department",
        "field": owner.field,
        "area": row.area,
        "name": row.name,
        "content": row.content,
        "kind": "key" if row.key else "general",
        "key_ground": row.key,
        "target_kinds": list(row.kinds),
        "target_scope": row.targets,
        "methods": [METHODS[m] for m in row.methods],
        "legal_basis": row.basis,
        "ratio_cap_bp": row.cap_bp,
        "ratio_note": row.ratio_note,
        "frequency_per_year": row.frequency,
        "procedure": "方案审批—通知—检查—记录—反馈—公示",
        "required_tags": list(row.tags),
        "superior_item": f"省级清单·{row.area}",
    }


def _questions(row: ItemRow) -> Iterable[dict[str, object]]:
    rows = QUESTIONS.get(row.name)
    if rows is None:
        rows = tuple(
            (f"{part}是否符合规定", "现场查看并核对资料", "符合规定", f"{part}不符合规定", False)
            for part in row.content.split("、")
        )
    for content, how, standard, problem, evidence in rows:
        yield {
            "content": content,
            "how": how,
            "standard": standard,
            "problem_text": problem,
            "needs_evidence": evidence,
        }


def as_role(department: str, role: Role) -> Actor:
    """Return the demo person of a role (演示角色) in a department as an actor."""
    username = f"{department.lower()}-{role.value.replace('_', '-')}"
    return User.objects.select_related("department").get(username=username).as_actor()


def as_inspector(inspector: Inspector) -> Actor:
    """Return an inspector as an actor (以检查人员身份)."""
    user = inspector.user
    if user is None:
        raise LookupError(f"{inspector.number} has no account")
    return user.as_actor()
