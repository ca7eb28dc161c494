"""Scenes of decisions that many take at once: a sealed link, a supplementary draw, an account."""

from __future__ import annotations

from copies import Act
from races.scenes import Scene, clerk, waiting, watch, wrong
from services.test_extensions import ask as ask_for_more
from services.test_sealed_reserve import ask as ask_for_another
from services.test_sealed_reserve import drawn as drawn_with_chain
from services.test_sealed_reserve import links_of, office

from openlot.accounts import services as accounts
from openlot.accounts.models import AccountRequest, Grant, User
from openlot.draws.models import Amendment, Draw, EvidenceFile, Extension
from openlot.draws.reserve import links_needed
from openlot.draws.services import (
    approve_amendment,
    approve_extension,
    publish_link,
    refuse_extension,
)
from openlot.kernel.actor import Actor, Role
from openlot.ops.demo import main_job
from openlot.ops.demo.city import as_role
from openlot.tasks.services import draft_task
from openlot.trail.models import Entry


def link_due() -> None:
    """A replacement is approved, and the office is to publish the link that names the newcomer."""
    draw, _links = drawn_with_chain(paper=False)
    approve_amendment(ask_for_another(draw), actor=watch())


def press_link(_n: int) -> Act:
    row = Amendment.objects.select_related("draw").get(state="link_due")
    links = links_of(row.draw, links_needed(row.draw))
    actor = office()
    return lambda: publish_link(row, link=links[-3], actor=actor)


def one_newcomer() -> list[str]:
    row = Amendment.objects.get(kind="replace", draw__task=waiting())
    told = Entry.objects.filter(kind="draw.link_published", subject__endswith=row.public_id)
    kept = EvidenceFile.objects.filter(draw=row.draw, name__startswith="replace-")
    return wrong(
        approved=(row.state, row.number) == ("approved", 1),
        one_event=told.count() == 1,
        one_record=kept.count() == 1,
        somebody=row.new_target_id is not None,
    )


def more_asked() -> None:
    """A supplementary draw is asked for, and a unit outside the task is to decide."""
    line = waiting().plan_line
    line.items.update(ratio_cap_bp=9_000)
    task = draft_task(
        line=line,
        name="并发的补充抽取",
        actor=clerk(),
        n_reserve=1,
        stratify="none",
        disclosure="full",
    )
    draw = main_job.ceremony(main_job.accept_and_approve(task), "races")
    main_job.issue_papers(draw)
    ask_for_more(Draw.objects.get(pk=draw.pk))


def decide_on_more(n: int) -> Act:
    row = Extension.objects.select_related("first__task", "task").get(state="requested")
    actor = watch()
    if n % 2:
        return lambda: refuse_extension(row, reason="暂无必要", actor=actor)
    return lambda: approve_extension(row, actor=actor)


def decided_once() -> list[str]:
    row = Extension.objects.get()
    told = Entry.objects.filter(
        kind__in=("draw.extension_approved", "draw.extension_refused"),
        subject__endswith=row.public_id,
    )
    return wrong(
        one_event=[entry.kind for entry in told] == [f"draw.extension_{row.state}"],
        reason=bool(row.refused_reason) == (row.state == "refused"),
    )


def security() -> Actor:
    return as_role("SCJG", Role.SECURITY_ADMIN)


def role_asked() -> None:
    """A clerk has asked for a role for somebody; the security administrator is to decide."""
    user = User.objects.select_related("department").get(username="scjg-reviewer")
    accounts.request_grant(
        user, Role.TASK_CLERK, reason="代办", actor=as_role("SCJG", Role.ACCOUNT_CLERK)
    )


def decide_on_role(n: int) -> Act:
    row = AccountRequest.objects.select_related("user__department", "department").get(
        state="requested", user__username="scjg-reviewer"
    )
    actor = security()
    if n % 2:
        return lambda: accounts.refuse_request(row, reason="无此必要", actor=actor)
    return lambda: accounts.approve_request(row, opinion="同意", actor=actor)


def given_as_decided() -> list[str]:
    row = AccountRequest.objects.get(user__username="scjg-reviewer", role=Role.TASK_CLERK)
    grants = Grant.objects.filter(user=row.user, role=Role.TASK_CLERK)
    told = Entry.objects.filter(
        kind__in=("account.request_approved", "account.request_refused"),
        subject__endswith=row.public_id,
    )
    return wrong(
        one_event=[entry.kind for entry in told] == [f"account.request_{row.state}"],
        given=grants.count() == (row.state == "approved"),
    )


DECISIONS = {
    "publish a link": Scene(link_due, press_link, holds=one_newcomer),
    "decide on a supplementary draw": Scene(more_asked, decide_on_more, holds=decided_once),
    "decide on an account request": Scene(role_asked, decide_on_role, holds=given_as_decided),
}
