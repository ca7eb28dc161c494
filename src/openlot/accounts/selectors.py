"""Reading departments, accounts and the requests about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Substr

from openlot.accounts.models import (
    AccountRequest,
    Department,
    Duty,
    Grant,
    RequestState,
    User,
    in_force,
)
from openlot.kernel.actor import Actor, Role
from openlot.policies.models import Policy
from openlot.policies.selectors import in_force as policy_in_force
from openlot.rights.access import visible
from openlot.rights.perms import Perm


def department_list() -> QuerySet[Department]:
    """Return all departments (部门列表) with their numbers of users, of named and lacking duties."""
    users = Count("users", filter=Q(users__is_active=True), distinct=True)
    named = Count("duties__kind", filter=Q(duties__ended_at=None), distinct=True)
    lacking = Case(
        When(enforces=True, closed_at=None, then=len(Duty.Kind) - F("n_duties")), default=0
    )
    stands = ExpressionWrapper(Q(closed_at=None), output_field=BooleanField())
    rows = Department.objects.select_related("field", "region", "parent").annotate(stands=stands)
    return rows.annotate(n_users=users, n_duties=named).annotate(n_lacking=lacking)


def account_list(actor: Actor) -> QuerySet[User]:
    """Return the accounts that ``actor`` may see (账号列表), roles in force in ``live_grants``."""
    rows = visible(actor, Perm.ACCOUNT_VIEW, User.objects.all())
    held = Prefetch("grants", Grant.objects.filter(in_force()).order_by("pk"), "live_grants")
    live = FilteredRelation("grants", condition=Q(grants__revoked_at=None))
    return rows.select_related("department").prefetch_related(held).alias(live=live)


def own_account(actor: Actor) -> User:
    """Return the account of the person who asks (本人账号)."""
    return User.objects.select_related("department").get(pk=actor.user_key)


def people_of(department: Department) -> QuerySet[User]:
    """Return the open accounts of a department (部门在用账号)."""
    return User.objects.filter(department=department, is_active=True).order_by("username")


def who_keeps_accounts(department: Department) -> QuerySet[User]:
    """Return whom a department named for its accounts (账号管理专人)."""
    named = duties_in_force().filter(department=department, kind=Duty.Kind.ACCOUNTS)
    return User.objects.filter(pk__in=named.values("user")).order_by("username")


def request_list(actor: Actor) -> QuerySet[AccountRequest]:
    """Return the requests about accounts that ``actor`` may see (账号申请列表)."""
    rows = visible(actor, Perm.REQUEST_VIEW, AccountRequest.objects.all())
    handle = Substr(OuterRef("requested_by_ref"), len("user:") + 1)
    asker = User.objects.filter(handle=handle).values("name")[:1]
    rows = rows.select_related("department", "user", "to_department")
    return rows.annotate(asked_by=Subquery(asker))


def asked_placing(department: Department) -> AccountRequest | None:
    """Return the open request to put a department under another (待决定的上级机构变更)."""
    rows = AccountRequest.objects.filter(department=department, kind=AccountRequest.Kind.PLACE)
    return rows.filter(state=RequestState.REQUESTED).select_related("to_department").first()


def requests_about(user: User) -> QuerySet[AccountRequest]:
    """Return what was asked for a person's account (涉及本人的申请), newest first."""
    return user.requests.select_related("to_department", "user").order_by("-pk")


def waiting_requests(*, for_names: bool) -> QuerySet[AccountRequest]:
    """Return the requests nobody has decided (待决定的申请): those for names, or all others."""
    rows = AccountRequest.objects.filter(state=RequestState.REQUESTED)
    names = Q(kind=AccountRequest.Kind.RENAME)
    return rows.filter(names if for_names else ~names)


def grants_of(user: User) -> QuerySet[Grant]:
    """Return all grants a user has or had (授权记录), those in force first."""
    running = F("revoked_at").desc(nulls_first=True)
    return user.grants.select_related("request").order_by(running, "-pk")


def duties_held(user: User) -> QuerySet[Duty]:
    """Return the duties a person has or had (本人专人职责), those in force first."""
    running = F("ended_at").desc(nulls_first=True)
    return user.duties.select_related("department").order_by(running, "-pk")


def duty_history(department: Department) -> QuerySet[Duty]:
    """Return whom a department named or had named (专人沿革), those in office first."""
    running = F("ended_at").desc(nulls_first=True)
    return department.duties.select_related("user").order_by(running, "kind", "-pk")


def with_role(role: Role) -> QuerySet[User]:
    """Return the active users of a role (某角色用户)."""
    live = Grant.objects.filter(in_force(), role=role, user=OuterRef("pk"))
    rows = User.objects.filter(Exists(live), is_active=True)
    return rows.select_related("department").order_by("username")


def departments_with(roles: Iterable[Role]) -> QuerySet[Department]:
    """Return the departments in which somebody holds one of some roles (有该角色的部门)."""
    live = Grant.objects.filter(in_force(), role__in=roles, user__department=OuterRef("pk"))
    return Department.objects.filter(Exists(live.filter(user__is_active=True)))


def duties_in_force() -> QuerySet[Duty]:
    """Return the duties that somebody has now (在任专人)."""
    return Duty.objects.filter(ended_at=None).select_related("user", "department")


def missing_duties(department: Department) -> list[str]:
    """Return the duties that nobody is named for (未明确的专人, M20), in words."""
    if not department.enforces or department.closed_at is not None:
        return []
    named = set(duties_in_force().filter(department=department).values_list("kind", flat=True))
    return [str(kind.label) for kind in Duty.Kind if kind not in named]


def without_all_duties() -> QuerySet[Department]:
    """Return the enforcing departments that have not named all three duties (专人不全的部门)."""
    named = Count("duties__kind", filter=Q(duties__ended_at=None), distinct=True)
    rows = Department.objects.filter(enforces=True, closed_at=None).annotate(n_named=named)
    return rows.filter(n_named__lt=len(Duty.Kind)).order_by("code")


def dormant_days() -> int | None:
    """Return after how many unused days an account is locked (长期未用期限); None without policy."""
    found = policy_in_force(Policy.Kind.ACCOUNT, "dormant")
    return int(found.body["days"]) if found else None


def dormant_accounts(before: datetime) -> QuerySet[User]:
    """Return the open accounts nobody has used since ``before`` (长期未用账号)."""
    unused = Q(last_login=None) | Q(last_login__lt=before)
    old = Q(opened_at=None) | Q(opened_at__lt=before)
    return User.objects.filter(unused & old, is_active=True)
