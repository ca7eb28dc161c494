"""What the witness tells people (见证报告), in Chinese and English side by side."""

from __future__ import annotations

from fairdraw.logchecks import moment
from openlot_witness.store import Seen
from openlot_witness.witness import Witness


def report(witness: Witness) -> str:
    """Return who the witness is, what it cosigned last and what it refused (见证情况)."""
    lines = [f"见证公钥 witness key: {witness.key.verifier.text}"]
    lines += [f"已见证 cosigned: {_said(seen)}" for seen in witness.store.cosigned()]
    lines += [f"已拒绝 refused: {_said(seen)}" for seen in witness.store.refused()]
    return "".join(f"{line}\n" for line in lines)


def _said(seen: Seen) -> str:
    checkpoint = seen.checkpoint
    return f"{checkpoint.origin} {checkpoint.size} {checkpoint.root.hex()} {moment(seen.at)}"
