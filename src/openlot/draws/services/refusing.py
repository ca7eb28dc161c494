"""A party that does not open (声明不启封): said aloud, trailed; opening or the void ends it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlot.draws import events
from openlot.draws.machine import DRAW
from openlot.draws.models import SEALED, SeedSource
from openlot.draws.selectors import missing_values
from openlot.draws.services.stages import at_stage, in_charge
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Invalid
from openlot.lifecycle.fire import fire


@transaction.atomic
def refuse_opening(
    source: SeedSource, *, reason: str, witness: str = "", actor: Actor
) -> SeedSource:
    """Declare that a party does not open its value (声明不启封), or say so on its behalf.

    The party may still open until the draw is voided; no other way leads on.

    witness   who of another unit was present; needed when the party does not declare it itself
    raises    Denied for who is neither the party nor in charge of the draw, Invalid without
              a reason or witness, Conflict when it is open already or declared already
    paper     vdr1 §5.2: openings come before the dice, whoever refuses does so blind
    """
    draw, reason, witness = source.draw, reason.strip(), witness.strip()
    at_stage(draw, "refuse_opening")
    own = source.party_id is not None and source.party_id == actor.department_id
    if not own:
        in_charge(draw, actor)
    if not reason:
        raise Invalid(fields={"reason": _("请写明原因，该原因将记入抽取记录")})
    if not own and not witness:
        raise Invalid(fields={"witness": _("代为记录的，请填写在场见证人及其单位")})
    if source.type not in SEALED:
        raise Conflict(_("骰数和公共事件不属于任何一方，没有可声明的"))
    if not missing_values(draw).filter(pk=source.pk).exists():
        raise Conflict(_("该来源已启封"))
    changed = SeedSource.objects.filter(pk=source.pk, refused_at=None).update(
        refused_at=clock.now(),
        refused_by_ref=actor.ref,
        refused_reason=reason,
        refused_witness=witness,
    )
    if not changed:
        raise Conflict(_("该方已声明不启封"))
    fact = events.OpeningRefused(
        source=source.source_id,
        party=source.party_name,
        reason=reason,
        witness=witness,
    )
    fire(draw, DRAW["refuse_opening"], fact, actor=actor)
    return SeedSource.objects.get(pk=source.pk)
