"""Asking witnesses to cosign (请见证人加签): C2SP tlog-witness, seen from the log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from fairdraw.errors import FairdrawError
from fairdraw.note import (
    in_base64,
    note_of,
    open_note,
    parse_note,
)
from openlot.trail.events import WitnessRefused
from openlot.trail.models import Checkpoint, Cosignature, Entry
from openlot.trail.reading import tree_of
from openlot.trail.selectors import public_fields
from openlot.trail.witness_list import Witness, known_witnesses

SECONDS = 10
ANSWER_MAX = 64 * 1024
REFUSALS = 200  # the newest tell; older ones were answered long ago
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n\Z")


class Outcome(StrEnum):
    """How a witness answered (见证答复)."""

    COSIGNED = "cosigned"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a witness (见证答复).

    line      its cosignature, when it gave one
    detail    what it said instead, or why it could not be reached
    """

    witness: Witness
    outcome: Outcome
    line: str = ""
    detail: str = ""


def is_refused(witness: str) -> bool:
    """Say whether a witness's last word was a refusal (见证人拒绝加签)."""
    told = Entry.objects.filter(kind=WitnessRefused.kind).order_by("-id")[:REFUSALS]
    last = next((entry for entry in told if public_fields(entry)["witness"] == witness), None)
    if last is None:
        return False
    return not Cosignature.objects.filter(witness=witness, at__gt=last.at).exists()


def refusing_witnesses() -> list[str]:
    """Return the witnesses that refuse to cosign (拒绝加签的见证人), for an alarm."""
    return [name for one in known_witnesses() if is_refused(name := one.verifier.name)]


def ask(witness: Witness, checkpoint: Checkpoint) -> Answer:
    """Ask one witness for its cosignature (请求加签).

    It says itself where it stands when it stands elsewhere than thought; then it is asked once more.
    """
    last = Cosignature.objects.filter(witness=witness.verifier.name).order_by("-size").first()
    old = last.size if last else 0
    for _attempt in range(2):
        try:
            status, text = _post(f"{witness.url}/add-checkpoint", _body(old, checkpoint))
        except (OSError, HTTPException, UnicodeDecodeError) as error:
            return Answer(witness, Outcome.SILENT, detail=str(error) or type(error).__name__)
        told = _SIZE.match(text)
        stands_at = int(told[1]) if status == HTTPStatus.CONFLICT and told else old
        if stands_at == old or stands_at > checkpoint.size:
            break
        old = stands_at
    if status != HTTPStatus.OK:
        return Answer(witness, Outcome.REFUSED, detail=" ".join(f"{status} {text}".split())[:200])
    return _accepted(witness, checkpoint, text)


def _body(old: int, checkpoint: Checkpoint) -> bytes:
    path = tree_of(checkpoint.size).consistency_path(old) if 0 < old < checkpoint.size else []
    lines = [f"old {old}", *map(in_base64, path)]
    return ("\n".join(lines) + f"\n\n{checkpoint.note}").encode()


def _post(url: str, body: bytes) -> tuple[int, str]:
    request = Request(url, data=body, headers={"Content-Type": "text/plain"})  # noqa: S310  # configured
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # http or https, see configured
            return answer.status, answer.read(ANSWER_MAX).decode()
    except HTTPError as error:
        with error:
            return error.code, error.read(ANSWER_MAX).decode()


def _accepted(witness: Witness, checkpoint: Checkpoint, text: str) -> Answer:
    """Take the line of the witness's own key out of an answer that may hold others."""
    try:
        signed = note_of(parse_note(checkpoint.note).text, [text])
        (line, *_more) = open_note(signed, [witness.verifier]).signatures
    except FairdrawError as error:
        return Answer(witness, Outcome.REFUSED, detail=str(error))
    return Answer(witness, Outcome.COSIGNED, line=line.line)
