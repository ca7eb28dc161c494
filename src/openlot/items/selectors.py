"""Reading the item list."""

from __future__ import annotations

from django.db.models import QuerySet

from openlot.accounts.models import Department
from openlot.items.models import InspectionItem, ItemState
from openlot.kernel.actor import Actor
from openlot.rights.access import visible
from openlot.rights.perms import Perm


def item_list(actor: Actor) -> QuerySet[InspectionItem]:
    """Return the items that ``actor`` may see (事项清单)."""
    rows = visible(actor, Perm.ITEM_VIEW, InspectionItem.objects.all())
    return rows.select_related("department", "field")


def plannable_items(department: Department) -> QuerySet[InspectionItem]:
    """Return the items a plan of ``department`` may name (可列入计划事项): effective ones only."""
    effective = InspectionItem.objects.filter(state=ItemState.EFFECTIVE)
    own = effective.filter(department=department)
    return (own | effective.filter(participations__department=department)).distinct()


def gaps(item: InspectionItem) -> list[str]:
    """Return the names of fields that an item still lacks (缺项) before it may be handed in (M29)."""
    missing = [
        name
        for name in ("legal_basis", "content", "methods", "target_kinds", "area", "name", "kind")
        if not getattr(item, name)
    ]
    if item.kind == "general" and item.ratio_cap_bp is None:
        missing.append("ratio_cap_bp")
    if item.kind == "key" and not item.key_ground:
        missing.append("key_ground")
    if item.list_kind == "joint" and not item.participations.exists():
        missing.append("participants")
    if not item.superior_item and not item.no_superior_reason:
        missing.append("superior_item")
    if not item.questions.exists():
        missing.append("questions")
    return missing
