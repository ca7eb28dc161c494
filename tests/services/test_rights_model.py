"""Rights against a model of them in forty lines: grants, moves, leavers, levels and joint plans.

The long run: RIGHTS_EXAMPLES=200 RIGHTS_STEPS=60 pytest -n0 tests/services/test_rights_model.py
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from openlot.accounts import services
from openlot.accounts.models import Department, Region, RegulatoryField, User
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Denied, DomainError, NotFound
from openlot.plans.models import AnnualPlan, PlanLine
from openlot.registers.models import Inspector
from openlot.rights import access
from openlot.rights.perms import Perm
from openlot.rights.rules import RULES, Scope, may_stand_together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

EXAMPLES = int(os.environ.get("RIGHTS_EXAMPLES", "6"))
STEPS = int(os.environ.get("RIGHTS_STEPS", "30"))
# Name, the one above, regulatory field.
UNITS = (
    ("A", None, "f1"),
    ("A1", "A", "f1"),
    ("A11", "A1", "f2"),
    ("B", None, "f2"),
    ("S", None, "f1"),
    ("N", None, None),
)
PEOPLE = tuple(f"person-{n}" for n in range(6))
unit, who = st.sampled_from([name for name, _above, _field in UNITS]), st.sampled_from(PEOPLE)
role = st.sampled_from(list(Role))
# Rights that reach in each of the ways there are, and one that nobody here holds.
perm = st.sampled_from(
    [
        Perm.PLAN_VIEW,
        Perm.TASK_VIEW,
        Perm.PLAN_DRAFT,
        Perm.TARGET_VIEW,
        Perm.INSPECTOR_VIEW,
        Perm.ITEM_CONFIRM,
        Perm.INSPECTION_VIEW,
        Perm.RESULT_RECORD,
        Perm.ACCOUNT_VIEW,
        Perm.DAY_RUN,
    ]
)
FIRST = (
    Role.DEPARTMENT_HEAD,
    Role.TASK_CLERK,
    Role.INSPECTOR,
    Role.ACCOUNT_CLERK,
    Role.SUPERIOR,
    Role.GOVERNMENT,
)
SYSTEM = Actor.system("model")
COUNTS = {"steps": 0, "questions": 0, "yes": 0}


class Model:
    """What rights mean: the reference."""

    def __init__(self) -> None:
        self.above = {name: above for name, above, _field in UNITS}
        self.field = {name: field for name, _above, field in UNITS}
        self.home: dict[str, str] = {}
        self.roles: dict[str, dict[Role, date | None]] = {}
        self.plans: dict[int, tuple[str, set[str]]] = {}
        self.officers: dict[int, tuple[str, str]] = {}

    def lives(self, person: str) -> set[Role]:
        today = clock.today()
        return {r for r, end in self.roles[person].items() if end is None or end >= today}

    def below(self, home: str) -> set[str]:
        found = {home}
        for _level in self.above:
            found |= {name for name, above in self.above.items() if above in found}
        return found

    def may(self, person: str, perm: Perm, owner: str, partners: set[str], sent: str) -> bool:
        home = self.home[person]
        alike = {n for n, f in self.field.items() if f is not None and f == self.field[home]}
        told = {
            Scope.ANYWHERE: True,
            Scope.DEPARTMENT: owner == home,
            Scope.BRANCHES: owner in self.below(home),
            Scope.INVOLVED: home in {owner, *partners},
            Scope.WATCHED: bool(self.below(home) & {owner, *partners}),
            Scope.FIELD: bool(alike & {owner, *partners}),
            Scope.ASSIGNED: sent == person and owner == home,
        }
        return any(told[RULES[r, perm]] for r in self.lives(person) if (r, perm) in RULES)


class Rights(RuleBasedStateMachine):
    """Real services on one side, the model on the other."""

    @initialize()
    def begin(self) -> None:
        self.model, self.days = Model(), 0
        self.units: dict[str, Department] = {}
        self.started = clock.now()
        region = Region.objects.order_by("pk")[0]
        fields = {c: RegulatoryField.objects.create(code=c, name=c) for c in ("f1", "f2")}
        for number, (name, above, field) in enumerate(UNITS):
            self.units[name] = Department.objects.create(
                code=f"MODEL-{name}",
                name=name,
                short_name=name,
                word=name,
                uscc=f"MODEL{number:013d}",
                region=region,
                parent=self.units.get(above or ""),
                field=fields.get(field or ""),
                kind="superior" if name == "S" else "bureau",
            )
        self.people: dict[str, User] = {}
        for person, (name, _above, _field) in zip(PEOPLE, UNITS, strict=True):
            self.people[person] = services.open_account(
                username=person,
                name=person,
                department=self.units[name],
                password=None,
                actor=SYSTEM,
            )
            self.model.home[person], self.model.roles[person] = name, {}
            self.give(person, FIRST[len(self.people) - 1], None)
        for owner, partners in (("A", {"B"}), ("A11", set()), ("B", {"A1"}), ("N", set())):
            self.plan(owner, partners)

    def fresh(self, person: str) -> User:
        return User.objects.select_related("department").get(pk=self.people[person].pk)

    def travelling(self) -> Any:
        return clock.travel(self.started + timedelta(days=self.days))

    @rule(person=who, role=role, days=st.one_of(st.none(), st.integers(0, 3)))
    def give(self, person: str, role: Role, days: int | None) -> None:
        """Two people give a role, unless it excludes one that is held."""
        with self.travelling():
            ends_on = None if days is None else clock.today() + timedelta(days=days)
            asker = Actor(ref="user:asker", name="", roles=frozenset({Role.PLATFORM_ADMIN}))
            decider = Actor(ref="user:decider", name="", roles=frozenset({Role.SECURITY_ADMIN}))
            held = self.model.lives(person)
            home = self.units[self.model.home[person]]
            fits = (role is Role.SUPERIOR) == (home.kind == "superior")
            allowed = self.fresh(person).is_active and fits and role not in held
            allowed &= all(may_stand_together(other, role) for other in held)
            try:
                with transaction.atomic():
                    asked = services.request_grant(
                        self.fresh(person), role, ends_on=ends_on, reason="r", actor=asker
                    )
                    services.approve_request(asked, opinion="", actor=decider)
            except DomainError:
                assert not allowed
                return
            assert allowed
            self.model.roles[person][role] = ends_on

    @rule(person=who, role=role)
    def revoke(self, person: str, role: Role) -> None:
        """A role is taken away at once."""
        with self.travelling():
            try:
                services.revoke_role(self.fresh(person), role, reason="r", actor=SYSTEM)
            except DomainError:
                return
            self.model.roles[person].pop(role, None)

    @rule(person=who, to=unit)
    def move(self, person: str, to: str) -> None:
        """Somebody goes to another department and leaves all roles behind."""
        with self.travelling():
            try:
                asked = services.request_move(
                    self.fresh(person), self.units[to], reason="r", actor=SYSTEM
                )
            except DomainError:
                return
            services.approve_request(asked, opinion="", actor=Actor.system("other"))
            self.model.home[person], self.model.roles[person] = to, {}

    @rule(person=who)
    def leave(self, person: str) -> None:
        """Somebody leaves, or comes back."""
        with self.travelling():
            user = self.fresh(person)
            if user.is_active:
                services.close_account(user, reason="r", actor=SYSTEM)
            else:
                asked = services.request_reopening(user, reason="r", actor=SYSTEM)
                services.approve_request(asked, opinion="", actor=Actor.system("other"))
            self.model.roles[person] = {}

    @rule(days=st.integers(1, 2), write_down=st.booleans())
    def wait(self, days: int, write_down: bool) -> None:
        """Days pass; temporary roles run out, whether or not the nightly job has told it."""
        self.days += days
        if write_down:
            with self.travelling():
                services.end_expired_grants(actor=SYSTEM)

    @rule(owner=unit, partners=st.sets(unit, max_size=2))
    def plan(self, owner: str, partners: set[str]) -> None:
        """A department makes a plan, some with others."""
        made = AnnualPlan.objects.create(
            department=self.units[owner],
            year=2000 + len(self.model.plans),
            title="p",
            state="draft",
        )
        line = PlanLine.objects.create(
            plan=made,
            line_no=1,
            name="l",
            n_base=0,
            n_planned=0,
            window_from_on=clock.today(),
            window_to_on=clock.today(),
        )
        line.participants.set([self.units[name] for name in partners])
        self.model.plans[made.pk] = (owner, partners)

    @rule(person=who)
    def send(self, person: str) -> None:
        """A department enters one of its people as inspector."""
        if any(sent == person for _owner, sent in self.model.officers.values()):
            return
        home = self.model.home[person]
        made = Inspector.objects.create(
            department=self.units[home],
            user=self.people[person],
            number=f"MODEL-{person}",
            name=person,
            category="civil_servant",
            state="active",
        )
        self.model.officers[made.pk] = (home, person)

    @rule(perm=perm)
    def ask(self, perm: Perm) -> None:
        """All four questions of everybody about every row answer as the model says."""
        for person in PEOPLE:
            self.compare(person, perm)

    def compare(self, person: str, perm: Perm) -> None:
        with self.travelling():
            actor = self.fresh(person).as_actor()
            plans = {k: (o, p, "") for k, (o, p) in self.model.plans.items()}
            officers = {k: (o, set(), s) for k, (o, s) in self.model.officers.items()}
            for model, rows in ((AnnualPlan, plans), (Inspector, officers)):
                ours = model.objects.filter(pk__in=rows)
                seen = set(access.visible(actor, perm, ours).values_list("pk", flat=True))
                assert seen == {k for k, row in rows.items() if self.model.may(person, perm, *row)}
                for obj in ours:
                    answer = obj.pk in seen
                    assert access.may(actor, perm, obj) is answer
                    assert self.passes(access.require, actor, perm, obj) is answer
                    assert self.passes(access.get_for, actor, perm, model, obj.public_id) is answer
                    COUNTS["questions"] += 4
                    COUNTS["yes"] += 4 * answer

    @staticmethod
    def passes(question: Any, *arguments: Any) -> bool:
        try:
            question(*arguments)
        except (Denied, NotFound):
            return False
        return True

    @invariant()
    def count(self) -> None:
        """Each step counts."""
        COUNTS["steps"] += 1


class RolledBack(Rights):
    """Each example begins with the database as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)


def many(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.law("GBT22239-8.1.4")
def test_rights_are_what_the_model_says():
    """Whatever is given, taken, moved or closed, no question is answered otherwise."""
    COUNTS.update(steps=0, questions=0, yes=0)
    run(RolledBack, settings=many(EXAMPLES, STEPS))
    print(COUNTS)
    assert COUNTS["steps"] >= EXAMPLES
    assert 0 < COUNTS["yes"] < COUNTS["questions"]


def test_the_model_sees_a_wrong_rule(monkeypatch):
    """With the branches of a department forgotten the same walk finds a difference."""
    monkeypatch.setattr(access, "_units", lambda actor, _scope: ("exact", actor.department_id))
    with pytest.raises(AssertionError):
        run(RolledBack, settings=many(20, 20))
