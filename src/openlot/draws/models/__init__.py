"""Draws (随机抽取): what was fixed before the seed, what came out, and the evidence."""

from openlot.draws.models.anchor import Anchor, AnchorState
from openlot.draws.models.draw import (
    Draw,
    DrawExclusion,
    DrawFrame,
    DrawState,
    DrawStratum,
    EvidenceFile,
    Reserve,
)
from openlot.draws.models.extension import (
    Extension,
    ExtensionShare,
    ExtensionState,
)
from openlot.draws.models.later import (
    Amendment,
    AmendmentState,
    Attestation,
    ChanceStatement,
)
from openlot.draws.models.outcome import (
    DrawnTarget,
    MatchedOfficer,
)
from openlot.draws.models.sources import (
    PHYSICAL,
    SEALED,
    SeedSource,
)

__all__ = [
    "PHYSICAL",
    "SEALED",
    "Amendment",
    "AmendmentState",
    "Anchor",
    "AnchorState",
    "Attestation",
    "ChanceStatement",
    "Draw",
    "DrawExclusion",
    "DrawFrame",
    "DrawState",
    "DrawStratum",
    "DrawnTarget",
    "EvidenceFile",
    "Extension",
    "ExtensionShare",
    "ExtensionState",
    "MatchedOfficer",
    "Reserve",
    "SeedSource",
]
