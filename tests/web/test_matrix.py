"""Every route × every role, from the register of routes and the permission table."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from web.people import PEOPLE, rows_of

from openlot.accounts.models import User
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.rights.access import holds, visible
from openlot.web.screens import SCREENS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

REDIRECTING = re.compile(r"(root|kept-form|sign-|inspection-code|.*-paper.*|task-papers)")


@pytest.mark.parametrize("role", sorted(PEOPLE, key=str))
def test_routes(role: Role, sign_in):
    """A route answers 200 or leads back where the table gives the right, else 403 or 404."""
    from openlot.web import urls  # noqa: F401  # registers every screen

    client = sign_in(PEOPLE[role])
    actor = User.objects.get(username=PEOPLE[role]).as_actor()
    for screen in SCREENS.values():
        if screen.perm is None or "code" in screen.route:
            continue
        ids, expected = {}, {200, 302}
        if not holds(actor, screen.perm):
            expected = {403}
        if screen.source is not None:
            rows = rows_of(screen)
            mine = visible(actor, screen.perm, rows).order_by("pk").first()
            other = rows.exclude(pk__in=visible(actor, screen.perm, rows).values("pk")).first()
            for row, wanted in ((mine, expected), (other, {403, 404})):
                if row is None:
                    continue
                ids = dict.fromkeys(re.findall(r"<pid:(\w+)>", screen.route), row.public_id)
                answer = client.get(reverse(screen.name, kwargs=ids))
                second = len(ids) > 1 or REDIRECTING.fullmatch(screen.name)
                allowed = wanted | ({404} if second else set())
                assert answer.status_code in allowed, (screen.name, role, answer.status_code)
            continue
        answer = client.get(reverse(screen.name))
        assert answer.status_code in expected, (screen.name, role, answer.status_code)


def test_strangers_are_sent_to_sign_in(client):
    """Without signing in every screen leads to the sign-in page, and nothing is shown."""
    from openlot.web import urls  # noqa: F401  # registers every screen

    for screen in SCREENS.values():
        if screen.anonymous or "<" in screen.route:
            continue
        answer = client.get(reverse(screen.name))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")


def test_a_form_survives_an_expired_session(sign_in):
    """What was typed when the session ran out is shown again to that person after signing in."""
    typed = {"name": "手工录入的店", "kind": "enterprise", "fields": "x.y"}
    client = sign_in("scjg-entry-clerk")
    with clock.travel(clock.now() + timedelta(minutes=30)):
        answer = client.post("/targets/new/", typed)
        assert answer.status_code == 302
        client.post("/sign-in/demo/", {"username": "scjg-entry-clerk"})
        page = client.get("/kept/").content.decode()
    assert "手工录入的店" in page
    assert 'action="/targets/new/"' in page
    assert "<dt>名称</dt><dd>手工录入的店</dd>" in page
    assert "<dd>企业</dd>" in page
    assert "<dt>name</dt>" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/desk/",
        "/items/",
        "/targets/",
        "/inspectors/",
        "/plans/",
        "/tasks/",
        "/inspections/",
        "/results/",
        "/published/",
    ],
)
def test_pages_have_a_query_budget(path: str, sign_in, django_assert_max_num_queries):
    """No page asks the database more than it should, whatever it lists."""
    client = sign_in("scjg-task-clerk")
    with django_assert_max_num_queries(40):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/items/", "/targets/", "/tasks/", "/results/"])
def test_lists_filter_search_page_and_export(path: str, sign_in):
    """A list narrows, pages and exports; the fragment is the page's own part."""
    client = sign_in("scjg-entry-clerk")
    full = client.get(path + "?size=20&page=1").content.decode()
    part = client.get(path + "?size=20&page=1", headers={"HX-Request": "true"}).content.decode()
    assert part.strip() in full
    assert client.get(path + "?q=没有这样的东西").status_code == 200
    for kind in ("xlsx", "csv"):
        answer = client.get(path + f"?export={kind}")
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
    assert client.get(path + "?page=99999&size=7&sort=evil").status_code == 200


def test_a_read_only_screen_cannot_write(db):
    """A screen that only reads raises when it writes."""
    from openlot.accounts.models import Region
    from openlot.web.screens import ReadOnlyScreen, reading_only

    with pytest.raises(ReadOnlyScreen), reading_only():
        Region.objects.create(code="1", name="x")


def test_headers(client):
    """The policy of contents is strict and nothing may be framed."""
    answer = client.get("/sign-in/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert " style=" not in page


def test_classes_stay_with_those_who_may_see_them(sign_in):
    """The joint draw's strata and tickets are hidden from who may not see credit classes."""
    from openlot.draws.models import Draw

    draw = Draw.objects.get(disclosure="proofs", rdigest__gt="")
    path = reverse("draw", kwargs={"pid": draw.public_id})
    office = sign_in("scjg-conference-office").get(path).content.decode()
    clerk = sign_in("scjg-task-clerk").get(path).content.decode()
    ticket = draw.drawn_targets.first().ticket[:12]
    assert ticket in clerk
    assert ticket not in office
