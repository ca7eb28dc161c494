"""The answer to ``add-checkpoint`` of C2SP tlog-witness (见证请求)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from fairdraw.errors import BadNote
from fairdraw.merkle import verify_consistency
from fairdraw.note import (
    SIZE_MAX,
    Checkpoint,
    Verifier,
    hash_of,
    in_base64,
    natural,
    parse_checkpoint,
    parse_note,
    read_text,
    verified,
)
from openlot_witness.keys import Key
from openlot_witness.store import Memory, Store

BODY_MAX = 128 * 1024
PATH_MAX = 63
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@dataclass(frozen=True)
class Request:
    """A request to cosign (见证请求): the size before, the proof of growth, the signed checkpoint."""

    old: int
    path: tuple[bytes, ...]
    note: str

    def body(self) -> str:
        """Return the request as it is sent (请求正文)."""
        lines = [f"old {self.old}", *map(in_base64, self.path)]
        return "\n".join(lines) + f"\n\n{self.note}"


def parse_request(data: bytes) -> Request:
    """Return a request (读取见证请求).

    raises    BadNote with the line
    """
    head, found, note = read_text(data, "request").partition("\n\n")
    lines = head.split("\n")
    if not found or not lines[0].startswith("old "):
        raise BadNote("not a request to cosign", file="request", line=1)
    if len(lines) > PATH_MAX + 1:
        raise BadNote("a path has at most {limit} steps", file="request", limit=PATH_MAX)
    path = [hash_of(step, file="request", line=n) for n, step in enumerate(lines[1:], start=2)]
    return Request(natural(lines[0][4:], "old", file="request", line=1), tuple(path), note)


@dataclass(frozen=True)
class Answer:
    """What is answered (答复): status, type and body."""

    status: HTTPStatus
    body: str
    media_type: str = TEXT


class Witness:
    """Cosigns checkpoints of the logs it knows (见证人), each consistent with all before it."""

    def __init__(
        self,
        key: Key,
        logs: list[Verifier],
        store: Store,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key, self.store = key, store
        self._clock = clock
        self._logs: dict[str, list[Verifier]] = {}
        for log in logs:
            self._logs.setdefault(log.name, []).append(log)

    def add_checkpoint(self, data: bytes) -> Answer:
        """Check a request and answer it (处理见证请求); a cosignature is on the disk before."""
        try:
            request = parse_request(data)
            note = parse_note(request.note)
            checkpoint = parse_checkpoint(note.text)
        except BadNote as error:
            return Answer(HTTPStatus.BAD_REQUEST, f"{error}\n")
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            return Answer(HTTPStatus.NOT_FOUND, "no such log\n")
        try:
            verified(note, keys)
        except BadNote as error:
            return Answer(HTTPStatus.FORBIDDEN, f"{error}\n")
        if request.old > checkpoint.size:
            return Answer(HTTPStatus.BAD_REQUEST, "old is larger than the checkpoint\n")
        at = min(int(self._clock()), SIZE_MAX)
        with self.store.transaction() as memory:
            refusal = _decide(request, checkpoint, memory, at)
        return refusal or Answer(HTTPStatus.OK, self.key.line(note.text, at))


def _decide(request: Request, new: Checkpoint, memory: Memory, at: int) -> Answer | None:
    """Remember the checkpoint and return None, or return why it is refused."""
    latest = memory.latest(new.origin)
    size = f"{latest.size}\n"
    if request.old != latest.size:
        return Answer(HTTPStatus.CONFLICT, size, SIZE)
    if latest.size == new.size and latest.root != new.root:
        memory.refuse(new, request.note, at)
        return Answer(HTTPStatus.CONFLICT, size, SIZE)
    if not _has_grown(latest, new, request.path):
        # A wrong proof can be a slip; the signed checkpoint is kept because it can be evidence.
        memory.refuse(new, request.note, at)
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, "the log does not continue what it was\n")
    memory.cosign(new, request.note, at)
    return None


def _has_grown(old: Checkpoint, new: Checkpoint, path: tuple[bytes, ...]) -> bool:
    if old.size == 0:
        return not path
    return verify_consistency(old.size, new.size, old.root, new.root, path)
