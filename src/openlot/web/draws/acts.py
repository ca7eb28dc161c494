"""What can be done next at a draw, and by this person (抽取可办事项)."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from openlot.draws.models import PHYSICAL, SEALED, Draw, SeedSource
from openlot.draws.selectors import is_embargoed, live_draw, missing_commitments, missing_values
from openlot.kernel.actor import Actor
from openlot.publication.snapshots import is_told
from openlot.rights.access import may
from openlot.rights.perms import Perm
from openlot.web.draws.anchor import anchor_acts
from openlot.web.draws.extension import extension_acts
from openlot.web.draws.forms import VoidForm
from openlot.web.draws.values import opening_label
from openlot.web.forms import ReasonForm
from openlot.web.page import Act, href
from openlot.web.screens import StaffRequest


def draw_acts(request: StaffRequest, draw: Draw) -> list[Act]:
    """Return the acts offered now (可办事项)."""
    pid, actor = draw.public_id, request.actor
    prepares = may(actor, Perm.DRAW_PREPARE, draw)
    acts: list[Act] = []
    if draw.state in ("prepared", "seal_requested", "frozen"):
        look = href("draw-comparison", pid=pid)
        acts.append(Act(look, _("核对封存名单"), method="get", tone=""))
    if draw.state in ("announced", "drawn", "matched"):
        acts.append(Act(href("draw-chances", pid=pid), _("概率说明"), method="get", tone=""))
    if draw.state in ("frozen", "announced", "drawn", "matched"):
        acts.append(Act(href("draw-screen", pid=pid), _("大屏"), method="get", tone=""))
    if draw.state == "prepared" and prepares:
        acts.append(Act(href("draw-request-seal", pid=pid), _("提请封存")))
    if draw.state == "seal_requested" and may(actor, Perm.DRAW_CONFIRM, draw):
        acts.append(
            Act(
                href("draw-freeze", pid=pid),
                _("确认封存"),
                confirm=_("封存后名单和可派人员不能再改，确认？"),
            )
        )
    if draw.state == "frozen" and not draw.day_number:
        acts += _sealing(request, draw)
        if prepares and not missing_commitments(draw).exists():
            acts.append(Act(href("draw-announce", pid=pid), _("发布抽取公告")))
    if draw.state == "announced" and not draw.day_number:
        acts += _opening(request, draw)
        ready = prepares and not missing_values(draw).exists()
        if ready and not has_typed(draw, actor):
            acts.append(Act(href("draw-run", pid=pid), _("抽取并匹配")))
        acts += _refusing(request, draw)
    has_papers = draw.state == "matched" and draw.inspections.exists()
    if draw.state == "matched" and prepares and not has_papers:
        acts.append(Act(href("draw-papers", pid=pid), _("制发检查文书")))
    ready = draw.state == "drawn" or has_papers
    if ready and prepares and not is_embargoed(draw) and not is_told(draw):
        acts.append(Act(href("draw-publish", pid=pid), _("公布抽取记录"), tone=""))
    acts += anchor_acts(request, draw) + extension_acts(request, draw)
    return acts + _rematching(request, draw) + _papers(request, draw) + _voiding(request, draw)


def has_typed(draw: Draw, actor: Actor) -> bool:
    """Say whether the person typed dice or numbers of the draw (是否录入人), and so may not run it."""
    return draw.sources.filter(type__in=PHYSICAL, opened_by_ref=actor.ref).exists()


def _rematching(request: StaffRequest, draw: Draw) -> list[Act]:
    """Offer the office to open the rosters of a draw that could not be matched."""
    waits = draw.state == "drawn" and draw.task.rosters_sealed_at is not None
    waits = waits and live_draw(draw.task, draw.extension) == draw
    if not waits or not may(request.actor, Perm.DRAW_CONSENT, draw):
        return []
    words = _("抽取对象有效、不再重抽；解封后各部门更正可派人员，另行匹配。确认？")
    return [Act(href("draw-reopen", pid=draw.public_id), _("解封人员名册"), confirm=words)]


def _sealing(request: StaffRequest, draw: Draw) -> list[Act]:
    acts = []
    for source in missing_commitments(draw):
        if _own(request, source):
            acts.append(_seal(source))
        if settings.DEMO and may(request.actor, Perm.DRAW_PREPARE, draw):
            acts.append(
                Act(
                    href("source-play", pid=source.public_id),
                    _("演示代封：%s") % source.party_name,
                    tone="",
                )
            )
    return acts


def _seal(source: SeedSource) -> Act:
    if source.type == "chain":
        return Act(href("reserve-seal", pid=source.public_id), _("密封递补链"), method="get")
    return Act(href("source-seal", pid=source.public_id), _("密封本单位随机数"), method="get")


def _opening(request: StaffRequest, draw: Draw) -> list[Act]:
    closed = list(missing_values(draw))
    source = next((s for s in closed if _own(request, s)), closed[0] if closed else None)
    if source is None:
        return []
    if source.by_server:
        return [
            Act(
                href("source-play-open", pid=source.public_id),
                _("演示代启封：%s") % source.party_name,
            )
        ]
    if source.is_physical or _own(request, source):
        return [
            Act(
                href(
                    "reserve-open" if source.type == "chain" else "source-open",
                    pid=source.public_id,
                ),
                opening_label(source),
                method="get",
            )
        ]
    return []


def _refusing(request: StaffRequest, draw: Draw) -> list[Act]:
    """Offer a party to say that it does not open, and who leads the draw to note it for another."""
    leads = may(request.actor, Perm.DRAW_PREPARE, draw)
    acts = []
    for source in missing_values(draw).filter(type__in=SEALED, refused_at=None):
        if _own(request, source):
            label = _("声明不启封")
        elif leads:
            label = _("记录不启封：%s") % source.party_name
        else:
            continue
        look = href("source-refuse", pid=source.public_id)
        acts.append(Act(look, label, method="get", tone=""))
    return acts


def _own(request: StaffRequest, source: SeedSource) -> bool:
    perm = Perm.RESERVE_HOLD if source.type == "chain" else Perm.DRAW_CONTRIBUTE
    return source.party_id == request.actor.department_id and may(request.actor, perm, source)


def _papers(request: StaffRequest, draw: Draw) -> list[Act]:
    acts = []
    if draw.adigest:
        acts.append(
            Act(
                href("draw-announcement-paper", pid=draw.public_id),
                _("打印公告单"),
                method="get",
                tone="",
            )
        )
    if draw.rdigest:
        acts.append(
            Act(
                href("draw-record-paper", pid=draw.public_id),
                _("打印抽取记录"),
                method="get",
                tone="",
            )
        )
    if draw.adigest and may(request.actor, Perm.BUNDLE_VIEW, draw):
        acts.append(Act(href("draw-bundle", pid=draw.public_id), _("调取证据包"), tone=""))
        signed = draw.attestations.filter(department_id=request.actor.department_key).exists()
        if draw.rdigest and not signed:
            look = href("draw-attest", pid=draw.public_id)
            acts.append(Act(look, _("核验签署"), method="get", tone=""))
    return acts


def _voiding(request: StaffRequest, draw: Draw) -> list[Act]:
    pid, actor = draw.public_id, request.actor
    live = draw.state in ("frozen", "announced", "drawn", "matched")
    if not live:
        return []
    if draw.void_requested_at is None:
        if may(actor, Perm.DRAW_VOID, draw):
            return [
                Act(href("draw-void-request", pid=pid), _("提请作废"), VoidForm(), tone="danger")
            ]
        return []
    if may(actor, Perm.DRAW_CONSENT, draw):
        return [
            Act(
                href("draw-void", pid=pid),
                _("同意作废"),
                tone="danger",
                confirm=_("作废将连同原因向社会公开，确认？"),
            ),
            Act(href("draw-void-refuse", pid=pid), _("不同意"), ReasonForm(), tone=""),
        ]
    return []
