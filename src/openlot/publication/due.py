"""What waits to be published (待公示)."""

from __future__ import annotations

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from openlot.draws.models import Draw, DrawState
from openlot.inspections.models import Inspection
from openlot.kernel import clock
from openlot.publication.models import PublicRecord


def untold_draws() -> QuerySet[Draw]:
    """Return the draws whose record may be published and is not (待公布抽取记录)."""
    key = Concat(Value("draw:"), "draw_id", Value("-"), Cast("attempt", CharField()))
    told = PublicRecord.objects.filter(key=OuterRef("key"))
    visited = Exists(Inspection.objects.filter(draw=OuterRef("pk")))
    ready = Draw.objects.filter(Q(state=DrawState.DRAWN) | Q(visited, state=DrawState.MATCHED))
    open_now = Q(embargo_at=None) | Q(embargo_at__lte=clock.now())
    return ready.filter(open_now).annotate(key=key).filter(~Exists(told))
