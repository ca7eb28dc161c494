"""What happens to draws."""

from openlot.trail.events import Event, IntStr, PerStr, PubInt, PubStr, event


@event("draw.prepared", v=1)
class DrawPrepared(Event):
    """An attempt to draw was opened for a task."""

    draw_id: PubStr
    attempt: PubInt


@event("draw.seal_requested", v=1)
class SealRequested(Event):
    """The clerk asked for the lists to be sealed."""


@event("draw.frozen", v=1)
class FrameFrozen(Event):
    """The lists and the rosters were sealed."""

    frames: PubStr
    roster: PubStr


@event("draw.value_committed", v=1)
class ValueCommitted(Event):
    """A party sealed its random value."""

    source: PubStr
    commitment: PubStr


@event("draw.announced", v=1, seals=True)
class DrawAnnounced(Event):
    """Everything but the values was announced."""

    adigest: PubStr


@event("draw.day_left", v=1)
class DayLeft(Event):
    """A draw left the drawing day it had joined."""

    day: PubStr


@event("draw.value_opened", v=1)
class ValueOpened(Event):
    """A party opened its value, or dice were typed and read back."""

    source: PubStr
    value: IntStr


@event("draw.opening_refused", v=1)
class OpeningRefused(Event):
    """A party declared that it does not open its value; a witness stands where another said so."""

    source: PubStr
    party: PubStr
    reason: PubStr
    witness: PerStr


@event("draw.drawn", v=1, seals=True)
class TargetsDrawn(Event):
    """The seed was formed and the targets were drawn."""

    rdigest: PubStr
    seed: IntStr
    ceiling: PubStr
    n_drawn: PubInt


@event("draw.attested", v=1)
class DrawAttested(Event):
    """An auditing organ recomputed a draw and signed what it found."""

    department: PubStr
    verdict: PubStr
    rdigest: PubStr
    note: PubStr


@event("draw.chances_stated", v=1)
class ChancesStated(Event):
    """What the matching leaves to chance was simulated and stated."""

    simulations: PubInt
    warnings: PubInt
    only_one: PubInt
    sha256: PubStr


@event("draw.amendment_requested", v=1)
class AmendmentRequested(Event):
    """A department asked to replace a target, or to match an officer again."""

    kind_of_amendment: PubStr
    reason_code: PubStr
    target: IntStr
    document: PubStr


@event("draw.amendment_refused", v=1)
class AmendmentRefused(Event):
    """A replacement or re-matching was refused."""

    reason: PubStr


@event("draw.extension_requested", v=1)
class ExtensionRequested(Event):
    """A department asked to draw more targets for a task that was drawn."""

    extends: PubStr
    more: PubInt
    reason: PubStr
    document: PubStr


@event("draw.extension_refused", v=1)
class ExtensionRefused(Event):
    """A supplementary draw was refused."""

    reason: PubStr


@event("draw.extension_approved", v=1)
class ExtensionApproved(Event):
    """Another unit approved a supplementary draw."""

    more: PubInt


@event("draw.anchor_recorded", v=1)
class AnchorRecorded(Event):
    """Somebody recorded where the announcement was fixed outside the city."""

    kind_of_anchor: PubStr
    anchored_at: PubStr
    document: PubStr


@event("draw.anchor_confirmed", v=1)
class AnchorConfirmed(Event):
    """A second person found the announcement's digest in an anchor."""

    file: PubStr
    sha256: PubStr


@event("draw.anchor_rejected", v=1)
class AnchorRejected(Event):
    """A second person did not find the announcement's digest in an anchor."""

    reason: PubStr


@event("draw.amendment_agreed", v=1)
class AmendmentAgreed(Event):
    """Another unit approved a replacement; who comes in is known when the next link is public."""

    following: PubInt


@event("draw.link_published", v=1)
class LinkPublished(Event):
    """The holder of the sealed reserve published its next link, and the rule named who comes in."""

    file: PubStr
    sha256: PubStr
    link: IntStr


@event("draw.amendment_approved", v=1)
class AmendmentApproved(Event):
    """Another unit approved, and the rule of the draw named who comes in."""

    file: PubStr
    sha256: PubStr


@event("draw.amendment_carried_out", v=1)
class AmendmentCarriedOut(Event):
    """The papers were made for the target or the officer who came in."""


@event("draw.void_requested", v=1)
class VoidRequested(Event):
    """The head asked for a draw to be voided."""

    stage: PubStr
    code: PubStr
    reason: PubStr


@event("draw.void_refused", v=1)
class VoidRefused(Event):
    """The joint-conference office refused to void a draw."""

    reason: PubStr


@event("draw.voided", v=1, seals=True)
class DrawVoided(Event):
    """A draw was voided with the office's consent."""

    void_digest: PubStr
    reason: PubStr


@event("draw.list_viewed", v=1)
class ListViewed(Event):
    """Somebody opened a list that is not public."""

    file: IntStr
