"""Filling the registers of the demo city (演示名录库): targets and inspectors."""

from __future__ import annotations

from datetime import date, timedelta

from openlot.accounts.models import Department, Region
from openlot.accounts.services import grant_role, open_account
from openlot.kernel.actor import Role
from openlot.ops.demo.city import SYSTEM, Progress
from openlot.ops.demo.departments import BUREAUS
from openlot.ops.demo.targets import Chance, City, person
from openlot.ops.demo.words import DEPARTMENT_TAGS
from openlot.registers.services import (
    add_inspector,
    add_target,
    enter_leave,
    import_targets,
)


def build_targets(total: int, seed: str, progress: Progress) -> None:
    """Fill the registers of targets (检查对象名录库)."""
    regions = list(
        Region.objects.filter(code__regex=r"^\d{9}$").order_by("code").values_list("code", "name")
    )
    city = City(regions, seed)
    holders = [b for b in BUREAUS if b.share]
    whole = sum(b.share for b in holders)
    done = 0
    for bureau in holders:
        department = Department.objects.get(code=bureau.code)
        count = total * bureau.share // whole if bureau is not holders[-1] else total - done
        rows = {row.code: row for row in city.register(bureau.code, count)}
        import_targets(
            department,
            list(rows.values()),
            [],
            n_rows=count,
            file_name=f"{bureau.code}-register.xlsx",
            file_sha256="0" * 64,
            actor=SYSTEM,
        )
        done += count
        progress("检查对象", done, total)
    _special_targets(seed)


def _special_targets(seed: str) -> None:
    """Projects, products and standards have no credit code (M45)."""
    chance = Chance(f"{seed}|special")
    regions = list(Region.objects.filter(code__regex=r"^\d{9}$").order_by("code"))
    plans = (
        ("ZJJ", "project", "住宅小区建设项目", 60),
        ("SCJG", "product", "预包装食品", 40),
        ("SCJG", "standard", "企业标准 Q/JS", 30),
        ("STHJ", "project", "生活污水处理站", 25),
    )
    for code, kind, word, count in plans:
        department = Department.objects.get(code=code)
        for number in range(1, count + 1):
            region = regions[chance.below(len(regions))]
            add_target(
                department=department,
                actor=SYSTEM,
                values={
                    "kind": kind,
                    "name": f"{region.name}{word}{number:03d}",
                    "no_code_reason": "非经营主体，无统一社会信用代码",
                    "registration_status": "not_registered",
                    "region": region,
                    "address": f"界首市{region.name}",
                },
            )


def build_inspectors(seed: str, today: date, progress: Progress) -> None:
    """Fill the registers of inspectors (执法检查人员名录库): some expired, some assistants."""
    chance = Chance(f"{seed}|inspectors")
    regions = list(Region.objects.filter(code__regex=r"^\d{9}$").order_by("code"))
    total = sum(b.inspectors for b in BUREAUS)
    done = 0
    for bureau in BUREAUS:
        department = Department.objects.get(code=bureau.code)
        for number in range(1, bureau.inspectors + 1):
            _inspector(department, number, chance, regions, today)
            done += 1
        progress("执法检查人员", done, total)


def _inspector(
    department: Department, number: int, chance: Chance, regions: list[Region], today: date
) -> None:
    fate = chance.below(100)
    assistant, expired = fate < 8 and number > 6, 8 <= fate < 12 and number > 6
    name = person(chance)
    code = f"{department.code}-{number:03d}"
    user = None
    if not assistant and department.code in ("SCJG", "NYNC", "WSJK", "WLTY", "XFJY", "JTYS"):
        username = f"{department.code.lower()}-inspector-{number:03d}"
        user = open_account(
            username=username, name=name, department=department, password=None, actor=SYSTEM
        )
        grant_role(user, Role.INSPECTOR, actor=SYSTEM)
    tags = [t for t in DEPARTMENT_TAGS.get(department.code, ()) if chance.below(100) < 45]
    own = DEPARTMENT_TAGS.get(department.code, ("",))[0]
    if own and chance.below(100) < 60 and own not in tags:
        tags.append(own)
    if chance.below(100) < 35:
        tags.append("lead")
    inspector = add_inspector(
        department=department,
        actor=SYSTEM,
        values={
            "number": code,
            "name": name,
            "user": user,
            "category": "assistant"
            if assistant
            else ("civil_servant", "qualified")[chance.below(2)],
            "certificate_no": "" if assistant else f"12K{chance.below(10**8):08d}",
            "certificate_authority": "" if assistant else "安徽省人民政府",
            "certificate_from_on": None if assistant else date(today.year - 3, 1, 1),
            "certificate_to_on": None
            if assistant
            else (
                today - timedelta(days=30 + chance.below(200))
                if expired
                else date(today.year + 2, 12, 31)
            ),
            "post": ("科员", "副科长", "科长", "中队长")[chance.below(4)],
            "region": regions[chance.below(len(regions))],
            "tags": sorted(tags),
        },
    )
    if chance.below(100) < 5:
        enter_leave(
            inspector,
            from_on=today - timedelta(days=40),
            to_on=today,
            actor=SYSTEM,
            reason="脱产培训",
        )
