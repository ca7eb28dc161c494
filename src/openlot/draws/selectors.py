"""Reading draws and their evidence."""

from __future__ import annotations

from django.db.models import QuerySet

from openlot.draws.models import Draw, DrawState, EvidenceFile, SeedSource
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Denied
from openlot.rights.access import may, visible
from openlot.rights.perms import Perm
from openlot.tasks.models import Disclosure, InspectionTask


def draw_list(actor: Actor) -> QuerySet[Draw]:
    """Return the draws that ``actor`` may see (抽取列表)."""
    rows = visible(actor, Perm.DRAW_VIEW, Draw.objects.all())
    return rows.select_related("task__department")


def live_draw(task: InspectionTask) -> Draw | None:
    """Return the draw of a task that counts (有效抽取), if there is one."""
    return task.draws.exclude(state=DrawState.VOIDED).first()


def evidence(draw: Draw, name: str) -> bytes:
    """Return one evidence file of a draw (证据文件), byte for byte.

    raises    EvidenceFile.DoesNotExist
    """
    return bytes(draw.files.get(name=name).content)


def bundle_files(draw: Draw) -> dict[str, bytes]:
    """Return the whole evidence bundle (证据包): name to bytes."""
    return {row.name: bytes(row.content) for row in EvidenceFile.objects.filter(draw=draw)}


def public_bundle_files(draw: Draw) -> dict[str, bytes]:
    """Return what of the bundle is public (公开证据包): in mode ``full`` all but the roster.

    raises    Denied for a draw whose disclosure is ``proofs`` or whose embargo still runs
    """
    if draw.disclosure != Disclosure.FULL or is_embargoed(draw):
        raise Denied
    return {name: data for name, data in bundle_files(draw).items() if name != "roster.vdr"}


def may_read_bundle(actor: Actor, draw: Draw) -> bool:
    """Say whether ``actor`` may hold the full bundle (可查阅完整证据包)."""
    return may(actor, Perm.BUNDLE_VIEW, draw)


def is_embargoed(draw: Draw) -> bool:
    """Say whether seed and list are still closed (未到公开时间)."""
    return draw.embargo_at is not None and clock.now() < draw.embargo_at


def missing_commitments(draw: Draw) -> QuerySet[SeedSource]:
    """Return the parties that have not sealed a value yet (未密封随机数的参与方)."""
    return draw.sources.filter(type="commit", param="")


def missing_values(draw: Draw) -> QuerySet[SeedSource]:
    """Return the sources that are not open yet (未启封的来源), in their order."""
    return draw.sources.filter(opened_at=None)


def level(draw: Draw) -> str:
    """Return the level (可信等级) of a draw: L1, L2, or empty when the server played a party.

    paper     vdr1 §1 levels; a value made by the server counts as the server's (§5.4)
    """
    sources = list(draw.sources.all())
    if draw.is_demo or any(source.by_server for source in sources):
        return ""
    organs = {source.party_id for source in sources if source.party_id}
    physical_last = bool(sources) and sources[-1].type in {"digits", "numbers"}
    if len(sources) >= 3 and len(organs) >= 2 and physical_last:
        return "L2"
    return "L1" if physical_last else ""


def cuts(draw: Draw) -> dict[str, tuple[str, str]]:
    """Return where each stratum was cut (截止签号): the last ticket drawn and the first that was not."""
    rows = evidence(draw, "result.vdr").decode("ascii").splitlines()
    lines = [row.split("|") for row in rows if row.startswith("cut|")]
    return {stratum: (last, following) for _, _, stratum, last, following in lines}
