"""The evidence bundle (证据包): who reads it, and what is derived from it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from openlot.draws import events
from openlot.draws.keeping import keep
from openlot.draws.models import Draw
from openlot.kernel.actor import Actor
from openlot.rights.access import department_code, require
from openlot.rights.perms import Perm
from openlot.trail.writer import record


@transaction.atomic
def read_bundle(draw: Draw, *, actor: Actor) -> dict[str, bytes]:
    """Hand out the full bundle to an auditing organ (调取完整证据包); the reading is an event."""
    require(actor, Perm.BUNDLE_VIEW, draw)
    fact = events.ListViewed(file="bundle")
    record(fact, actor=actor, subject=draw, department=department_code(draw))
    return {row.name: bytes(row.content) for row in draw.files.all()}


@transaction.atomic
def keep_disclosure(draw: Draw, files: Mapping[str, bytes]) -> None:
    """Keep outcome tree and public edition (公开版) beside the evidence; both follow from it."""
    for name, data in files.items():
        keep(draw, name, data)
