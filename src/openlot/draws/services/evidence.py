"""The evidence bundle (证据包): who reads it, and what is derived from it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.draws import events
from openlot.draws.keeping import keep
from openlot.draws.models import Attestation, Draw
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import hold
from openlot.rights.access import department_code, require
from openlot.rights.perms import Perm
from openlot.trail.selectors import has_told
from openlot.trail.writer import record


@transaction.atomic
def read_bundle(draw: Draw, *, actor: Actor) -> dict[str, bytes]:
    """Hand out the full bundle to an auditing organ (调取完整证据包); the reading is an event."""
    require(actor, Perm.BUNDLE_VIEW, draw)
    fact = events.ListViewed(file="bundle")
    record(fact, actor=actor, subject=draw, department=department_code(draw))
    return {row.name: bytes(row.content) for row in draw.files.all()}


@transaction.atomic
def attest_draw(draw: Draw, *, verdict: str, rdigest: str, note: str, actor: Actor) -> Attestation:
    """Sign what an auditing organ found (核验签署) with a program of its own.

    rdigest   the result digest that the organ computed, not the one it was shown
    raises    Conflict before the draw, without having taken the bundle, or when signed already;
              Invalid when the digest is another and the verdict says it is the same
    paper     vdr1 §4.3: at least two organs recompute and sign
    """
    require(actor, Perm.BUNDLE_VIEW, draw)
    hold(draw)
    if not draw.rdigest:
        raise Conflict(_("抽取尚未完成"))
    if not has_told(actor, "draw.list_viewed", draw):
        raise Conflict(_("请先调取完整证据包，用核验程序重新计算"))
    if draw.attestations.filter(department_id=actor.department_key).exists():
        raise Conflict(_("本单位已签署核验结论"))
    computed = "".join(rdigest.lower().split())
    same = computed == draw.rdigest
    if verdict == Attestation.Verdict.CONSISTENT and not same:
        raise Invalid(
            fields={"rdigest": _("与当场固定的结果校验码不同：请核对录入，确实不同请选“不一致”")}
        )
    if verdict == Attestation.Verdict.DIFFERS and not note.strip():
        raise Invalid(fields={"note": _("请写明哪里不一致")})
    own = Department.objects.get(pk=actor.department_key)
    fact = events.DrawAttested(
        department=own.code, verdict=verdict, rdigest=computed, note=note.strip()
    )
    record(fact, actor=actor, subject=draw, department=department_code(draw))
    return Attestation.objects.create(
        draw=draw,
        department=own,
        verdict=verdict,
        rdigest=computed[:64],
        note=note.strip(),
        signed_at=clock.now(),
        signed_by_ref=actor.ref,
    )


@transaction.atomic
def keep_disclosure(draw: Draw, files: Mapping[str, bytes]) -> None:
    """Keep outcome tree and public edition (公开版) beside the evidence; both follow from it."""
    for name, data in files.items():
        keep(draw, name, data)
