"""Level 3 (外部见证): what others saw, on their machines or in a mirror, is what stands here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from fairdraw.errors import FairdrawError
from fairdraw.note import open_note, parse_note
from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.trail.models import Checkpoint, Cosignature
from openlot.trail.witness_list import configured


@check(Level.WITNESSES)
def cosignatures_hold() -> Findings:
    """Each cosignature is on a checkpoint that is kept, by the witness that it names."""
    keys = [witness.verifier for witness in configured()]
    notes = dict(Checkpoint.objects.values_list("size", "note"))
    for row in Cosignature.objects.order_by("pk").iterator(500):
        note = notes.get(row.size)
        if note is None:
            yield Finding("trail_cosignature", str(row.pk), _("所见证的检查点不存在"))
            continue
        known = [key for key in keys if key.name == row.witness]
        try:
            open_note(f"{parse_note(note).text}\n{row.line}", known)
        except FairdrawError:
            if known:
                yield Finding("trail_cosignature", str(row.pk), _("见证签名无效"))
