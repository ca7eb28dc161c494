"""The sealed reserve (密封递补): who holds its chain, how long it must be, which link is next."""

from __future__ import annotations

import hashlib
import hmac

from fairdraw.allocate import quota
from fairdraw.lines import hx
from fairdraw.sources import chain_length, chain_links
from openlot.accounts.models import Department
from openlot.accounts.selectors import departments_with
from openlot.draws.models import Amendment, AmendmentState, Draw, DrawStratum, Reserve, SeedSource
from openlot.draws.selectors import as_line
from openlot.kernel import clock
from openlot.kernel.actor import Role
from openlot.policies.selectors import draw_setting
from openlot.tasks.models import InspectionTask

SOURCE = "reserve"


def holder_of(task: InspectionTask) -> Department | None:
    """Return who may hold the chain of a task (密封递补保管单位).

    It is the joint-conference office's unit; None where that unit itself takes part.
    """
    office = departments_with([Role.CONFERENCE_OFFICE])
    inspecting = task.participations.values("department_id")
    return office.exclude(pk__in=inspecting).order_by("code").first()


def chain_of(draw: Draw) -> SeedSource | None:
    """Return the chain of a draw (递补链), None where its reserve is not sealed."""
    return draw.sources.filter(type="chain").first()


def planned_hits(draw: Draw) -> int:
    """Return how many targets the sealed rules will draw (按规则应抽取数)."""
    rows = DrawStratum.objects.filter(frame__draw=draw).values_list("rule", "n_eligible")
    return sum(quota(rule, eligible) for rule, eligible in rows)


def links_needed(draw: Draw) -> int:
    """Return how long the chain must be (最少链长): one link for the seed, one per replacement."""
    rule = draw_setting("reserve_links", clock.today())
    expected = -(-planned_hits(draw) * int(rule["per_hundred"]) // 100)
    return 1 + max(int(rule["least"]), expected)


def first_link(secret: str, session: str, suite: str) -> str:
    """Return link 0 of one draw's chain (链首): one secret serves all draws of a day.

    >>> first_link("00" * 32, "S1", "sha256")[:8]
    'e7d7e9d3'
    """
    return hx(f"openlot|reserve|{session}|{secret}", suite)


def played_link(draw: Draw, index: int, length: int) -> str:
    """Return a link of the chain that the server plays (演示代管的链值): demo only."""
    secret = hmac.new(bytes(draw.frame_key), b"reserve", hashlib.sha256).hexdigest()
    return chain_links(first_link(secret, draw.session, draw.suite), length, draw.suite)[index]


def links_left(draw: Draw) -> int:
    """Return how many replacements the chain still has (尚可递补次数), 0 without a chain."""
    source = chain_of(draw)
    if source is None or not source.param:
        return 0
    return chain_length(as_line(source)) - 1 - _published(draw)


def next_link(draw: Draw) -> int:
    """Return the index of the link that the next replacement needs (下一链值序号).

    paper     vdr1 §7.4: link n-1-i for the i-th replacement
    """
    return links_left(draw) - 1


def is_sealed(row: Amendment) -> bool:
    """Say whether a link must name who comes in (是否密封递补)."""
    return row.kind == Amendment.Kind.REPLACE and row.draw.reserve == Reserve.SEALED


def waiting(draw: Draw) -> int:
    """Return how many replacements are approved and wait for their link (待公布链值的递补)."""
    return draw.amendments.filter(state=AmendmentState.LINK_DUE).count()


def _published(draw: Draw) -> int:
    return draw.amendments.filter(kind=Amendment.Kind.REPLACE, number__isnull=False).count()
