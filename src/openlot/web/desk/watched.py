"""What those who oversee the trail look at first (留痕关注): acts of the last days that are few and telling."""

from __future__ import annotations

from datetime import timedelta

from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.rights.access import holds
from openlot.rights.perms import Perm
from openlot.trail.selectors import counts_since
from openlot.web.trail.words import WORDS

DAYS = 7
KINDS = (
    "draw.void_requested",
    "draw.amendment_requested",
    "draw.extension_requested",
    "draw.list_viewed",
    "privacy.undisclosed_viewed",
    "privacy.personal_revealed",
    "privacy.list_exported",
    "account.sign_in_failed",
    "emergency.opened",
    "task.pack_taken",
)


def watched(actor: Actor) -> list[dict[str, object]]:
    """Return how often each telling kind of act happened lately (近日关注), and where they are."""
    if not holds(actor, Perm.TRAIL_VIEW):
        return []
    since = clock.today() - timedelta(days=DAYS)
    found = counts_since(KINDS, since)
    return [
        {"title": WORDS[kind], "n": found[kind], "url": f"/trail/?kind={kind}&from_on={since}"}
        for kind in KINDS
        if found.get(kind)
    ]
