"""Reading draws and their evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairdraw.announce import Source
from fairdraw.levels import PUBLIC, Assessment, assess
from openlot.draws.anchoring import is_anchored
from openlot.draws.models import (
    SEALED,
    Amendment,
    Draw,
    DrawState,
    DrawStratum,
    EvidenceFile,
    Extension,
    SeedSource,
)
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied
from openlot.registers.models import InspectionTarget
from openlot.rights.access import may, visible
from openlot.rights.perms import Perm
from openlot.tasks.models import Disclosure, InspectionTask

PUBLIC_FILES = (
    "announcement.vdr",
    "frame-",
    "opening.vdr",
    "result.vdr",
    "void.vdr",
    "replace-",
    "rematch-",
    "docs/rules",
    "docs/strata",
    "docs/parties",
    "docs/void",
    *(f"anchor-{number}.tsr" for number in range(1, 10)),
)


def draw_list(actor: Actor) -> QuerySet[Draw]:
    """Return the draws that ``actor`` may see (抽取列表)."""
    rows = visible(actor, Perm.DRAW_VIEW, Draw.objects.all())
    return rows.select_related("task__department")


def amendment_list(actor: Actor) -> QuerySet[Amendment]:
    """Return the replacements and re-matchings that ``actor`` may see (递补与改派列表)."""
    rows = visible(actor, Perm.AMEND_VIEW, Amendment.objects.defer("document"))
    return rows.select_related("draw", "department", "target", "inspector")


def amendments_of(draw: Draw) -> QuerySet[Amendment]:
    """Return the replacements and re-matchings of a draw that were approved (已批准的递补与改派)."""
    rows = draw.amendments.filter(number__isnull=False).defer("document")
    more = ("target", "new_target", "department", "decided_by_department")
    return rows.select_related(*more).order_by("kind", "number")


def live_draw(task: InspectionTask, extension: Extension | None = None) -> Draw | None:
    """Return the draw of a task that counts (有效抽取), or of one of its extensions, if any."""
    return task.draws.filter(extension=extension).exclude(state=DrawState.VOIDED).first()


def without_officers() -> QuerySet[Draw]:
    """Return the draws whose targets wait for the rosters to be opened (待解封名册的抽取)."""
    same_line = Q(extension=OuterRef("extension")) | Q(extension=None)
    later = Draw.objects.filter(same_line, task=OuterRef("task"), pk__gt=OuterRef("pk"))
    rows = Draw.objects.filter(state=DrawState.DRAWN, void_requested_at=None)
    return rows.filter(
        ~Exists(later.exclude(state=DrawState.VOIDED)), task__rosters_sealed_at__isnull=False
    )


def extension_list(actor: Actor) -> QuerySet[Extension]:
    """Return the requests for supplementary draws that ``actor`` may see (补充抽取列表)."""
    rows = visible(actor, Perm.AMEND_VIEW, Extension.objects.defer("document"))
    rows = rows.select_related("first", "task", "department", "decided_by_department")
    return rows.prefetch_related("draws")


def evidence(draw: Draw, name: str) -> bytes:
    """Return one evidence file of a draw (证据文件), byte for byte.

    raises    EvidenceFile.DoesNotExist
    """
    return bytes(draw.files.get(name=name).content)


def bundle_files(draw: Draw) -> dict[str, bytes]:
    """Return the whole evidence bundle (证据包): name to bytes."""
    return {row.name: bytes(row.content) for row in EvidenceFile.objects.filter(draw=draw)}


def public_bundle_files(draw: Draw) -> dict[str, bytes]:
    """Return what of the bundle is public (公开证据包): in mode ``full`` all but what tells of persons.

    Roster, statement of chances and the evidence of replacements stay inside.

    raises    Denied for a draw whose disclosure is ``proofs`` or whose embargo still runs
    """
    if draw.disclosure != Disclosure.FULL or is_embargoed(draw):
        raise Denied
    return {n: data for n, data in bundle_files(draw).items() if n.startswith(PUBLIC_FILES)}


def may_read_bundle(actor: Actor, draw: Draw) -> bool:
    """Say whether ``actor`` may hold the full bundle (可查阅完整证据包)."""
    return may(actor, Perm.BUNDLE_VIEW, draw)


def is_embargoed(draw: Draw) -> bool:
    """Say whether seed and list are still closed (未到公开时间)."""
    return draw.embargo_at is not None and clock.now() < draw.embargo_at


def is_undisclosed(draw: Draw) -> bool:
    """Say whether a sealed or drawn list is not for the public, or not yet (名单未公开)."""
    if draw.frozen_at is None:
        return False
    return not draw.drawn_at or is_embargoed(draw) or draw.disclosure == Disclosure.PROOFS


def missing_commitments(draw: Draw) -> QuerySet[SeedSource]:
    """Return the parties that have not sealed a value yet (未密封随机数的参与方)."""
    return draw.sources.filter(type__in=SEALED, param="")


def missing_values(draw: Draw) -> QuerySet[SeedSource]:
    """Return the sources that are not open yet (未启封的来源), in their order."""
    return draw.sources.filter(opened_at=None)


def refused_values(draw: Draw) -> QuerySet[SeedSource]:
    """Return the sources whose parties declared not to open and did not (声明不启封的来源)."""
    return missing_values(draw).filter(refused_at__isnull=False)


def as_line(source: SeedSource) -> Source:
    """Return a source as the announcement writes it (来源行)."""
    return Source(source.index, source.source_id, source.type, source.param)


def not_announced(day_number: str) -> QuerySet[Draw]:
    """Return the draws of a drawing day that are not announced yet (抽签日尚未公告的抽取)."""
    early = (DrawState.PREPARED, DrawState.SEAL_REQUESTED, DrawState.FROZEN)
    return Draw.objects.filter(day_number=day_number, state__in=early)


def assessment(draw: Draw) -> Assessment | None:
    """Return what a draw withstands (可信等级评定), None when the server played a party.

    paper     vdr1 §1, §5.3; a value made by the server counts as the server's (§5.4)
    """
    sources = list(draw.sources.select_related("party"))
    if draw.is_demo or any(source.by_server for source in sources):
        return None
    lead, thrower = draw.task.department.code, dice_thrower(sources, draw)
    operators = {s.source_id: s.party.code if s.party else thrower for s in sources}
    operators |= {s.source_id: PUBLIC for s in sources if s.type == "numbers"}
    lines = [as_line(s) for s in sources]
    return assess(lines, operators, lead, anchored=is_anchored(draw))


def dice_thrower(sources: Iterable[SeedSource], draw: Draw) -> str:
    """Return the department that throws the dice (掷骰单位): the first party besides the lead."""
    lead = draw.task.department
    return next((s.party.code for s in sources if s.party and s.party != lead), lead.code)


def visited_targets(draw: Draw) -> list[InspectionTarget]:
    """Return whom a draw leads to (需检查对象), each business once.

    In the order of their codes: numbers that follow strata and ranks would tell a class (T4).
    """
    rows = draw.drawn_targets.filter(is_spare=False).select_related("target")
    found: dict[str, InspectionTarget] = {}
    for row in rows.order_by("target__code", "frame__fid"):
        found.setdefault(row.target.code, row.target)
    return list(found.values())


def strata_of(draw: Draw) -> QuerySet[DrawStratum]:
    """Return the strata of all lists of a draw (各名单的层), in the order of the protocol."""
    rows = DrawStratum.objects.filter(frame__draw=draw).select_related("frame__department")
    return rows.order_by("frame__fid", "alias")


def stratum_title(row: DrawStratum) -> str:
    """Return what to call a stratum among those of several lists (层名)."""
    return f"{row.frame.department.short_name} {row.alias} {row.meaning}"


@dataclass(frozen=True, slots=True)
class Saving:
    """What one lane saves (节省上门次数): checks due, visits they need, visits of draws apart."""

    checks: int
    visits: int
    apart: int


def saving(draw: Draw) -> Saving | None:
    """Return what drawing on one lane saves (同签节省), None where there is one list only."""
    if draw.drawn_at is None or draw.frames.count() < 2:
        return None
    hits = draw.drawn_targets.filter(is_spare=False)
    codes = hits.order_by().values("target__code").distinct().count()
    return Saving(hits.count(), codes, draw.visits_apart)


def cuts(draw: Draw) -> dict[tuple[str, str], tuple[str, str]]:
    """Return where each stratum was cut (截止签号): the last ticket drawn and the first that was not."""
    rows = evidence(draw, "result.vdr").decode("ascii").splitlines()
    lines = [row.split("|") for row in rows if row.startswith("cut|")]
    return {(fid, stratum): (last, following) for _, fid, stratum, last, following in lines}
