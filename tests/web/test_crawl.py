"""Another department's rows, each with a word of its own, never show: every route × method × role."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import CharField, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader
from signing import signed_in
from web.people import rows_of

from openlot.accounts.models import Department, User
from openlot.accounts.services import grant_role, open_account
from openlot.kernel.actor import Actor, Role
from openlot.plans.models import PlanLine
from openlot.rights import access
from openlot.rights.access import Reach, holds, visible
from openlot.rights.perms import Perm
from openlot.rights.rules import RULES, Scope
from openlot.web.screens import SCREENS, Screen

# Roles that see both the chain and the accounts of every department: nothing is hidden from them.
CITY = {Role.AUDITOR}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

OWN, OTHER = "TJJ", "NYNC"
SYSTEM = Actor.system("crawl")
METHODS = ("head", "put", "patch", "delete", "options")
# Not words of people: what rows are joined, ordered, typed or proved by.
KEPT = re.compile(
    r"public_id|state|.*_ref|.*digest.*|sha256|.*_sha256|.*commitment|salt|key|code|codes|number|kind"
    r"|handle|username|seed|value|ticket|check_code|language|password|region_rule|.*version|.*_id|type"
    r"|param|uscc|word|device|agent"
)
NOT_SCREENS = {"set_language"}
UNDO = re.compile(r"CANARY(\d\d)x\d+")


def texts(model: type[Model]) -> list[str]:
    """Return the columns of a model that hold words of people."""
    return [
        f.name
        for f in model._meta.concrete_fields
        if isinstance(f, CharField | TextField)
        and not f.choices
        and (f.max_length or 99) >= 16
        and not KEPT.fullmatch(f.name)
    ]


def owned() -> Iterator[tuple[type[Model], QuerySet[Model]]]:
    """Return each model whose rows belong to a department, with the other department's rows."""
    for model in apps.get_models():
        reach = getattr(model, "reach", None)
        if not isinstance(reach, Reach) or reach.department in ("", "pk"):
            continue
        if model.__name__ in PUBLIC:
            continue
        rows = model._default_manager.filter(**{f"{reach.department}__code": OTHER})
        # Whom a department named for a duty, everybody may know.
        yield model, rows.filter(duties=None) if model is User else rows


class Planted:
    """The other department's rows with their words, and how many carry one."""

    def __init__(self) -> None:
        self.models = [model for model, rows in owned() if rows.exists()]
        self.n_rows = 0
        for number, (model, rows) in enumerate((m, r) for m, r in owned() if r.exists()):
            word = Concat(Value(f"CANARY{number:02d}x"), Cast("pk", CharField()))
            columns = texts(model)
            if columns:
                self.n_rows += model._default_manager.filter(
                    pk__in=list(rows.values_list("pk", flat=True))
                ).update(**dict.fromkeys(columns, word))

    def hidden_from(self, actor: Actor) -> set[str]:
        """Return the numbers of the models none of whose planted rows the actor may see."""
        rows = dict(owned())
        shown = {
            model.__name__
            for model in self.models
            for perm in rights_on(model)
            if holds(actor, perm) and visible(actor, perm, rows[model]).exists()
        }
        # Who oversees the chain anywhere reads of targets, officers and plans along it.
        chain = bool(shown & CHAIN)
        return {
            f"{number:02d}"
            for number, model in enumerate(self.models)
            if model.__name__ not in shown and not (chain and model.__name__ not in ACCOUNTS)
        }


CHAIN = {"AnnualPlan", "InspectionTask", "Draw", "Inspection", "InspectionResult"}
ACCOUNTS = {"User", "Grant", "LoginName", "AccountRequest", "UserSession"}
# Who may see a model that no screen names by itself.
BESIDE = {
    "accounts": Perm.ACCOUNT_VIEW,
    "registers": Perm.INSPECTOR_VIEW,
    "plans": Perm.PLAN_VIEW,
    "tasks": Perm.TASK_VIEW,
    "draws": Perm.DRAW_VIEW,
    "inspections": Perm.INSPECTION_VIEW,
    "results": Perm.RESULT_VIEW,
}
# A duty is named to everybody; the list of items is everybody's to read.
PUBLIC = {"Duty", "InspectionItem"}


def rights_on(model: type[Model]) -> set[Perm]:
    """Return the rights by which somebody sees rows of a model: those of its screens."""
    named = {
        screen.perm
        for screen in SCREENS.values()
        if screen.perm
        and screen.source is not None
        and rows_of(screen).model is model
        # Who erases is led by a number, and reads no word of a row.
        and screen.perm is not Perm.TRAIL_SHRED
    }
    if model is User:  # whoever reads the trail reads who acted
        named.add(Perm.TRAIL_VIEW)
    return named or {BESIDE[model._meta.app_label]}


def everybody() -> dict[Role, User]:
    """Return one person of a department that has nothing to do with the other, for each role."""
    department, people = Department.objects.get(code=OWN), {}
    for role in Role:
        people[role] = open_account(
            username=f"crawl-{role.value.replace('_', '-')}",
            name="某",
            department=department,
            password=None,
            actor=SYSTEM,
        )
        grant_role(people[role], role, actor=SYSTEM)
    return people


def text_of(answer) -> str:
    """Return all that an answer tells: headers, page, file, sheet or paper."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    told = [f"{name}: {value}" for name, value in answer.items()]
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            told += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    elif content[:5] == b"%PDF-":
        told += [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    else:
        told.append(content.decode(errors="replace"))
    return "\n".join(told)


def other_row(screen: Screen) -> Model | None:
    """Return a row of the other department that the screen could name."""
    rows = rows_of(screen)
    reach = rows.model.reach
    if reach.everyone:
        return None
    path = {"pk": "code"}.get(reach.department, f"{reach.department}__code")
    own = rows.filter(**{path: OTHER}) if reach.department else rows
    return own.order_by("pk").first()


def address(screen: Screen, row: Model | None) -> str:
    """Return the address of a screen with the other department's ids in all places."""
    ids = {}
    for kind, name in re.findall(r"<(\w+):(\w+)>", screen.route):
        ids[name] = row.public_id if row is not None else "x" * 12
        if kind == "pid" and name != "pid":
            line = PlanLine.objects.filter(plan__department__code=OTHER).first()
            ids[name] = line.public_id if line else ids[name]
        elif row is None and kind == "pid":
            ids[name] = "2" * 12
    return reverse(screen.name, kwargs=ids)


def routes() -> set[str]:
    """Return the name of every route that the resolver knows."""
    found, waiting = set(), list(get_resolver().url_patterns)
    while waiting:
        one = waiting.pop()
        if isinstance(one, URLResolver):
            waiting += one.url_patterns
        elif isinstance(one, URLPattern):
            found.add(one.name or str(one.pattern))
    return found


class Crawl:
    """What one person meets: where a hidden word stood, and where an answer was not a refusal."""

    def __init__(self, client, actor: Actor, hidden: set[str]) -> None:
        self.client, self.actor, self.hidden = client, actor, hidden
        self.leaks: list[tuple[str, str]] = []
        self.open: list[tuple[str, int]] = []
        self.scoped: set[str] = set()
        self.crawled: set[str] = set()

    def ask(self, screen_name: str, method: str, path: str) -> int:
        answer = getattr(self.client, method)(path)
        found = set(UNDO.findall(text_of(answer))) & self.hidden
        self.leaks += [(screen_name, number) for number in found]
        self.crawled.add(screen_name)
        return answer.status_code

    def scoped_route(self, screen: Screen, row: Model) -> None:
        self.scoped.add(screen.name)
        path = address(screen, row)
        refusal = 404 if holds(self.actor, screen.perm) else 403
        for method in ("get", "post", *METHODS):
            status = self.ask(screen.name, method, path)
            allowed = {refusal, 405} if method not in ("get", "head") else {refusal}
            if status not in allowed:
                self.open.append((f"{method} {screen.name}", status))

    def plain_route(self, screen: Screen) -> None:
        path = address(screen, None)
        for query in ("", "?size=100", "?q=CANARY", "?export=csv&q=CANARY", "?export=xlsx"):
            self.ask(screen.name, "get", path + query)
        for method in METHODS:
            self.ask(screen.name, method, path)

    def all(self) -> Crawl:
        for screen in list(SCREENS.values()):
            if screen.name == "sign-out":
                self.crawled.add(screen.name)
                continue
            row = other_row(screen) if screen.source is not None and screen.perm else None
            reached = row is not None and visible(
                self.actor, screen.perm, type(row)._default_manager.filter(pk=row.pk)
            )
            if row is not None and not (reached is not False and reached.exists()):
                self.scoped_route(screen, row)
            else:
                self.plain_route(screen)
        for name in NOT_SCREENS:
            for method in ("get", "post"):
                self.ask(name, method, reverse(name))
        return self


@pytest.fixture
def planted(db) -> Planted:
    return Planted()


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_nothing_of_another_department_shows(role: Role, planted: Planted, settings):
    """No word of the other department's rows in any answer; its ids answer 404, without right 403."""
    from openlot.web import urls  # noqa: F401  # registers every screen

    settings.DEMO = False  # its sign-in page names people of every department, on purpose
    user = everybody()[role]
    client = signed_in(user)
    actor = User.objects.select_related("department").get(pk=user.pk).as_actor()
    hidden = planted.hidden_from(actor)
    assert hidden or role in CITY
    crawl = Crawl(client, actor, hidden).all()
    assert planted.n_rows > 500
    assert crawl.leaks == []
    assert crawl.open == []
    assert crawl.crawled == routes()


def test_with_scoping_off_the_crawl_fails(planted: Planted, monkeypatch):
    """Every right reaching everywhere: at least 95 in 100 of the scoped routes are found open."""
    from openlot.web import urls  # noqa: F401  # registers every screen

    people = everybody()
    failing: set[str] = set()
    scoped: set[str] = set()
    for role in (
        Role.DEPARTMENT_HEAD,
        Role.TASK_CLERK,
        Role.ENTRY_CLERK,
        Role.ACCOUNT_CLERK,
        Role.REVIEWER,
        Role.PUBLICATION_CLERK,
        Role.INSPECTOR,
    ):
        client = signed_in(people[role])
        user = User.objects.select_related("department").get(pk=people[role].pk)
        before = Crawl(client, user.as_actor(), set())
        for screen in list(SCREENS.values()):
            row = other_row(screen) if screen.source is not None and screen.perm else None
            if row is None or not holds(user.as_actor(), screen.perm):
                continue
            if screen.name in failing or access.may(user.as_actor(), screen.perm, row):
                continue
            scoped.add(screen.name)
            with monkeypatch.context() as off:
                off.setattr(access, "RULES", dict.fromkeys(RULES, Scope.ANYWHERE))
                status = before.ask(screen.name, "get", address(screen, row))
            if status not in (403, 404):
                failing.add(screen.name)
    share = len(failing) / len(scoped)
    print(f"{len(failing)} of {len(scoped)} scoped routes fail with scoping off: {share:.1%}")
    assert share >= 0.95, sorted(scoped - failing)
