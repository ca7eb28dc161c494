"""How much a draw withstands (安全等级): entropy outside the organiser's hands, levels L1 to L3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Sequence, Tuple

from fairdraw.announce_parts import Source
from fairdraw.sources import PHYSICAL, entropy_bits
from fairdraw.words import Words

THRESHOLD_BITS = 60
PUBLIC = "public"


@dataclass(frozen=True)
class Assessment:
    """What the sources of a draw are worth (随机性评估).

    level     0 (below L1) to 3
    bits      of all sources that the organiser does not control
    missing   what keeps the draw from the next level
    """

    level: int
    bits: float
    strongest: float
    missing: Tuple[Words, ...]

    @property
    def name(self) -> str:
        """The level as it is shown, ``-`` below L1."""
        return f"L{self.level}" if self.level else "-"


def strongest_bits(sources: Sequence[Source]) -> float:
    """Return the bits of the strongest physical source (最强物理来源熵)."""
    return max((entropy_bits(s) for s in sources if s.type in PHYSICAL), default=0.0)


def assess(
    sources: Sequence[Source],
    operators: Mapping[str, str],
    organiser: str,
    *,
    anchored: bool = False,
) -> Assessment:
    """Return the level of a draw (等级评定) by the protocol's §1 and §5.3.

    operators    source id to the organ that brings or operates it, ``public`` for a named event;
                 a value that the server makes for a party counts as the organiser's
    anchored     whether the announcement was anchored outside the city before the event
    """
    room = [s for s in sources if operators[s.id] != PUBLIC]
    outside = [s for s in sources if operators[s.id] != organiser]
    bits = sum(entropy_bits(s) for s in outside)
    strongest = strongest_bits(outside)
    first = _first_level(room, operators, organiser, bits)
    second = _second_level(room, operators, strongest)
    third = _third_level(sources, operators, anchored)
    level = 0
    missing: List[Words] = []
    for rung, lacks in enumerate((first, second, third), start=1):
        if lacks:
            missing = lacks
            break
        level = rung
    return Assessment(level, bits, strongest, tuple(missing))


def _first_level(
    room: Sequence[Source], operators: Mapping[str, str], organiser: str, bits: float
) -> List[Words]:
    lacks: List[Words] = []
    if not any(s.type == "commit" and operators[s.id] == organiser for s in room):
        lacks.append(Words("the organiser seals no value", {}))
    if not any(s.type in PHYSICAL and operators[s.id] != organiser for s in room):
        lacks.append(Words("no supervisor operates a physical source", {}))
    if bits < THRESHOLD_BITS:
        lacks.append(_too_weak(bits))
    return lacks


def _second_level(
    room: Sequence[Source], operators: Mapping[str, str], strongest: float
) -> List[Words]:
    lacks: List[Words] = []
    parties = [s for s in room if s.type in ("commit", "chain") or s.type in PHYSICAL]
    if len(parties) < 3 or len({operators[s.id] for s in parties}) < 2:
        lacks.append(Words("fewer than three contributors of two organs", {}))
    if not room or room[-1].type not in PHYSICAL:
        lacks.append(Words("the physical source does not come last", {}))
    if strongest < THRESHOLD_BITS:
        lacks.append(_too_weak(strongest))
    return lacks


def _third_level(
    sources: Sequence[Source], operators: Mapping[str, str], anchored: bool
) -> List[Words]:
    lacks: List[Words] = []
    if operators[sources[-1].id] != PUBLIC or sources[-1].type not in PHYSICAL:
        lacks.append(Words("no named public event comes last", {}))
    if not anchored:
        lacks.append(Words("the announcement is not anchored outside the city", {}))
    return lacks


def _too_weak(bits: float) -> Words:
    return Words(
        "{bits} bits are fewer than {least}", {"bits": f"{bits:.1f}", "least": THRESHOLD_BITS}
    )
