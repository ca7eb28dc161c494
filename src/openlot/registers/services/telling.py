"""What an import tells of each target (逐户导入留痕): what stood there before and what stands there now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openlot.privacy.personal import declared
from openlot.registers.events import TargetChanged, TargetTakenIn
from openlot.registers.models import ImportBatch, InspectionTarget, TargetKind
from openlot.trail.changes import as_text, changes_of

COLUMNS = (
    "kind",
    "name",
    "uscc",
    "registration_no",
    "registration_status",
    "founded_on",
    "address",
    "region_id",
    "industry",
    "licence_name",
    "licence_no",
    "licence_valid_to_on",
    "legal_representative",
    "phone",
    "credit_class",
)
# How a change is called where the column's own name means something else in the trail.
CALLED = {
    "kind": "target_kind",
    "registration_status": "status",
    "region_id": "region",
    "address": "premises",
}
# The name and the home of a person who trades alone say who that is.
PERSONAL = frozenset(declared(InspectionTarget))
PERSONAL_OF_A_TRADER = PERSONAL | {"name", "address"}


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of the targets of one import (导入留痕).

    regions   names of regions by primary key
    """

    batch: ImportBatch
    regions: Mapping[int, str]

    def taken_in(self, target: InspectionTarget, values: Mapping[str, Any]) -> TargetTakenIn:
        """Return the event of a target that the file brought (入库留痕)."""
        changes = {name: ["", text] for name, v in values.items() if (text := as_text(v))}
        if "region_id" in changes:
            changes["region_id"] = ["", self.regions[values["region_id"]]]
        personal = PERSONAL_OF_A_TRADER if target.kind == TargetKind.SELF_EMPLOYED else PERSONAL
        return TargetTakenIn(self.batch.public_id, target.code, *_apart(changes, personal))

    def changed(self, target: InspectionTarget, values: Mapping[str, Any]) -> TargetChanged:
        """Return the event of a target of which the file says something else (变更留痕)."""
        changes = changes_of(target, values)
        if "region_id" in changes:
            keys = (target.region_id, values["region_id"])
            changes["region_id"] = [self.regions.get(key or 0, "") for key in keys]
        traded = TargetKind.SELF_EMPLOYED in (target.kind, values["kind"])
        personal = PERSONAL_OF_A_TRADER if traded else PERSONAL
        return TargetChanged(self.batch.public_id, target.code, *_apart(changes, personal))


def _apart(
    changes: Mapping[str, list[str]], personal: frozenset[str]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return what is internal, and what is about a person, under the names that the trail uses."""
    told: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
    for name, pair in changes.items():
        told[name in personal][CALLED.get(name, name)] = pair
    return told


def as_told(target: InspectionTarget, regions: Mapping[int, str]) -> dict[str, str]:
    """Return what the register says of a target (名录内容) in the words of its events."""
    found = {}
    for name in COLUMNS:
        value = getattr(target, name)
        text = regions.get(value, "") if name == "region_id" else as_text(value)
        found[CALLED.get(name, name)] = text
    return found
