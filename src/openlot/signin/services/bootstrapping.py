"""The first administrators (首批管理员) of a fresh platform: two persons, two roles, one time."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department, Grant, Region
from openlot.accounts.services import grant_role, open_account, register_department
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, Invalid
from openlot.policies.models import Policy
from openlot.policies.services import adopt_policy
from openlot.rules.credit_code import code_fault
from openlot.rules.signin import DEFAULTS
from openlot.signin.services.inviting import invite

BOOTSTRAP = Actor.system("bootstrap")
FIRST = (Role.PLATFORM_ADMIN, Role.SECURITY_ADMIN)


@dataclass(frozen=True, slots=True)
class Home:
    """The bureau that keeps the platform (平台主管单位)."""

    code: str
    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Person:
    """One of the first administrators (首批管理员): sign-in name and name."""

    username: str
    name: str


@dataclass(frozen=True, slots=True)
class FirstLink:
    """A link for the first sign-in (首次登录链接), told once."""

    role: Role
    username: str
    token: str


def bootstrap(home: Home, people: tuple[Person, Person]) -> list[FirstLink]:
    """Open a fresh platform (初始化): its bureau, its numbers of signing in, two administrators.

    raises    Conflict when there are administrators already, Invalid for the same person twice
    """
    if people[0].username.lower() == people[1].username.lower():
        raise Invalid(_("系统管理员与安全管理员必须是两个人"))
    if code_fault(home.uscc):
        raise Invalid(fields={"uscc": _("统一社会信用代码不正确，请核对 18 位代码")})
    try:
        with transaction.atomic():
            return _open(home, people)
    except IntegrityError as error:
        raise Conflict(ALREADY) from error


ALREADY = _("平台已初始化；忘记口令或遗失认证因子请走重置流程")


def _open(home: Home, people: tuple[Person, Person]) -> list[FirstLink]:
    if Grant.objects.filter(role__in=FIRST).exists():
        raise Conflict(ALREADY)
    for key, (body, source) in DEFAULTS.items():
        adopt_policy(
            kind=Policy.Kind.SIGN_IN,
            key=key,
            body=body,
            source=source,
            effective_on=clock.today(),
            actor=BOOTSTRAP,
        )
    department = _department(home)
    return [
        _administrator(department, person, role) for person, role in zip(people, FIRST, strict=True)
    ]


def _department(home: Home) -> Department:
    found = Department.objects.filter(code=home.code).first()
    if found is not None:
        return found
    region, _new = Region.objects.get_or_create(
        code=settings.CITY_CODE, defaults={"name": settings.CITY_NAME}
    )
    return register_department(
        actor=BOOTSTRAP,
        code=home.code,
        name=home.name,
        short_name=home.name[:40],
        word=home.code,
        uscc=home.uscc,
        region=region,
    )


def _administrator(department: Department, person: Person, role: Role) -> FirstLink:
    user = open_account(
        username=person.username,
        name=person.name,
        department=department,
        password=None,
        actor=BOOTSTRAP,
    )
    grant_role(user, role, actor=BOOTSTRAP)
    return FirstLink(role, user.username, invite(user, actor=BOOTSTRAP))
