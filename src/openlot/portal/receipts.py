"""What a receipt says, read from the receipt itself (回执), so that sentence and proof cannot differ."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from openlot.publication.models import PublicRecord, SealedReceipt
from openlot.publication.selectors import void_notice


@dataclass(frozen=True)
class Told:
    """One receipt as its business reads it (回执要点); each list that it stands on has its own.

    department    whose list it is
    short_ticket  its first digits, for reading; the whole stands in the proofs
    void      the notice that the draw was voided
    outcome   ``hit``, ``spare`` or ``no``
    n         how many were drawn in its stratum
    island    name of the element on the page that holds ``task``
    task      what the verifier in the browser needs
    """

    record: PublicRecord
    void: PublicRecord | None
    name: str
    department: str
    fid: str
    short_ticket: str
    outcome: str
    n: str
    island: str
    task: dict[str, object]


def told(row: SealedReceipt) -> Told:
    """Return what a sealed receipt says (回执要点)."""
    text = bytes(row.content).decode("ascii")
    fields = {line.split("|", 1)[0]: line.split("|") for line in text.splitlines()}
    own = fields["row"][4].split("!")
    record = row.record
    edition = reverse("file", kwargs={"public_id": record.public_id, "name": "public.vdr"})
    return Told(
        record=record,
        void=void_notice(record),
        name=row.body["target"],
        department=row.body["department"],
        fid=row.fid,
        short_ticket=f"{own[5][:12]}…",
        outcome=own[6],
        n=fields["cut"][4],
        island=f"receipt-{row.pk}",
        task={
            "text": text,
            "address": edition,
            "published": {"adigest": record.body["adigest"], "rdigest": record.body["rdigest"]},
        },
    )
