"""What anybody can check about a log (存证核验): one sentence per step."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Callable, List, Optional, Sequence, Tuple

from fairdraw.errors import BadNote, FairdrawError
from fairdraw.logproof import LogProof, Opened, parse_opened
from fairdraw.merkle import verify_consistency
from fairdraw.note import Checkpoint, SealedCheckpoint, Verifier, open_checkpoint, timestamp
from fairdraw.report import Check, check
from fairdraw.tiles import Tile, TileTree

_BEIJING = timezone(timedelta(hours=8))
_LAST = 253_370_736_000  # the year 9999, after which there are no dates


def moment(at: int) -> str:
    """Return a witness's time (见证时间) at +08:00."""
    return datetime.fromtimestamp(min(at, _LAST), _BEIJING).isoformat()


def checkpoint_checks(
    data: str, keys: Sequence[Verifier], witnesses: Sequence[Verifier], file: str
) -> Tuple[List[Check], Optional[Checkpoint]]:
    """Check who has signed a checkpoint (核验检查点); None instead of it when nobody known has."""
    try:
        sealed = open_checkpoint(data, keys, witnesses, file)
    except FairdrawError as error:
        return [Check("checkpoint", False, error.words, error.file, error.line)], None
    found = sealed.checkpoint
    made = check(
        "checkpoint",
        True,
        "{origin} has signed that it has {size} entries with root {root}",
        file=file,
        origin=found.origin,
        size=found.size,
        root=found.root.hex(),
    )
    return [made, *_witness_checks(sealed, witnesses, file)], found


def _witness_checks(
    sealed: SealedCheckpoint, witnesses: Sequence[Verifier], file: str
) -> List[Check]:
    made = [
        check(
            "witness",
            True,
            "{who} has witnessed it at {at}",
            file=file,
            who=one.name,
            at=moment(timestamp(one.value)),
        )
        for one in sealed.cosignatures
    ]
    signed = {one.name for one in sealed.cosignatures}
    return made + [
        check("witness", False, "{who} has not witnessed it", file=file, who=one.name)
        for one in witnesses
        if one.name not in signed
    ]


def proof_checks(
    proof: LogProof,
    keys: Sequence[Verifier],
    witnesses: Sequence[Verifier] = (),
    given: Optional[Opened] = None,
    file: str = "proof",
) -> List[Check]:
    """Check that an event is in the log (核验存证证明).

    given     the event as it was published elsewhere, compared with the one in the proof
    """
    made, opened = _event_checks(proof, given, file)
    signed, checkpoint = checkpoint_checks(proof.note, keys, witnesses, file)
    made += signed
    if opened is None or checkpoint is None:
        return made
    good = proof.leads_to(opened.entry(), checkpoint)
    template = (
        "the event is entry {index} of {size}: {n} hashes lead from it to the signed root"
        if good
        else "the hashes do not lead from the event to the signed root"
    )
    values = {"index": proof.index, "size": checkpoint.size, "n": len(proof.path)}
    return [*made, check("inclusion", good, template, file=file, **values)]


def _event_checks(
    proof: LogProof, given: Optional[Opened], file: str
) -> Tuple[List[Check], Optional[Opened]]:
    if not proof.extra and given is None:
        template = "the event is not opened: nobody outside can say what stands in the log"
        return [check("event", None, template, file=file)], None
    opened = parse_opened(proof.extra) if proof.extra else given
    if given is not None and opened != given:
        template = "the proof opens another event than the one given"
        return [check("event", False, template, file=file)], None
    entry = opened.entry().decode("ascii") if opened else ""
    template = "salt and body of the event give the entry {entry}"
    return [check("event", True, template, file=file, entry=entry)], opened


def consistency_checks(
    old: Checkpoint, new: Checkpoint, path: Callable[[], Sequence[bytes]]
) -> List[Check]:
    """Check that the log of ``old`` has only grown into ``new`` (核验一致性).

    path      gives the proof; it is not asked where none is needed
    """
    if old.origin != new.origin:
        return [check("growth", False, "the two checkpoints are of two logs")]
    if old.size > new.size:
        return [check("growth", False, "the first checkpoint is the larger one")]
    try:
        steps = path() if 0 < old.size < new.size else ()
    except FairdrawError as error:
        return [Check("growth", False, error.words, error.file, error.line)]
    good = old.size == 0 or verify_consistency(old.size, new.size, old.root, new.root, steps)
    template = (
        "the {first} entries of before stand unchanged among the {second} of now"
        if good
        else "the {second} entries of now do not begin with the {first} of before"
    )
    return [check("growth", good, template, first=old.size, second=new.size)]


def path_from_tiles(
    old: Checkpoint, new: Checkpoint, read: Callable[[Tile], bytes]
) -> Sequence[bytes]:
    """Return the consistency proof (一致性证明) of two checkpoints out of the log's tiles.

    raises    BadNote when the tiles are not those of ``new``
    """
    tree = TileTree(new.size, read)
    path, then = tree.consistency_path(old.size), tree.root_at(old.size)
    if not verify_consistency(old.size, new.size, then, new.root, path):
        raise BadNote("the tiles do not give the root of the checkpoint", file="tile")
    return path
