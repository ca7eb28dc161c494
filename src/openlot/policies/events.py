"""What happens to policy numbers."""

from openlot.trail.events import Event, PubInt, PubStr, event


@event("policy.adopted", v=1)
class PolicyAdopted(Event):
    """A version of a policy number or table was adopted."""

    policy: PubStr
    key: PubStr
    version: PubInt
    source: PubStr
    body_sha256: PubStr
