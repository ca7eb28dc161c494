"""Root and digest of a list too large to hold (大名单校验): in blocks, as a parallel tree."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice, pairwise
from typing import NamedTuple

from fairdraw import merkle
from fairdraw.errors import BadFrame
from fairdraw.frame import Frame
from fairdraw.lines import hasher

BLOCK = 1 << 16  # a power of two, so that every full block is a subtree
WORKERS = 2
AHEAD = 2 * WORKERS


class Seals(NamedTuple):
    """What an announcement says of a whole list (名单校验值)."""

    size: int
    root: str
    digest: str


class Block(NamedTuple):
    """One block of a list (名单分块): its subtree's root, its first and last target."""

    root: bytes
    first: str
    last: str


def block_of(fid: str, text: bytes, suite: str) -> Block:
    """Read a block and hash its subtree (分块校验).

    raises    FairdrawError for a line that the protocol refuses
    """
    frame = Frame.parse(fid, "L", text)
    root = bytes.fromhex(frame.root(suite))
    return Block(root, frame.leaves[0].target, frame.leaves[-1].target)


def seal(fid: str, lines: Iterable[str], suite: str) -> Seals:
    """Return size, root and digest of a list (名单校验值) from its lines in order.

    lines     without line feeds, sorted by target
    raises    FairdrawError for a line that the protocol refuses, or targets out of order
    """
    size, whole = 0, hashlib.new("sha256" if suite == "sha256" else "sm3")
    blocks: list[Block] = []
    rest = iter(lines)
    head = list(islice(rest, BLOCK))
    more = next(rest, None)
    if more is None:
        run = (block_of(fid, text, suite) for text in _texts(head))
        for text, block in zip(_texts(head), run, strict=True):
            whole.update(text)
            blocks.append(block)
        size = len(head)
    else:
        for text, block in _in_parallel(fid, chain(head, [more], rest), suite):
            whole.update(text)
            blocks.append(block)
            size += text.count(b"\n")
    for before, after in pairwise(blocks):
        if after.first <= before.last:
            raise BadFrame("targets are not in order, or one stands twice", file=f"frame-{fid}")
    root = _root_of([block.root for block in blocks], suite)
    return Seals(size, root.hex(), whole.hexdigest())


def _texts(lines: list[str]) -> list[bytes]:
    return [("\n".join(lines) + "\n").encode("utf-8")] if lines else []


def _in_parallel(fid: str, lines: Iterator[str], suite: str) -> Iterator[tuple[bytes, Block]]:
    """Hash blocks in other processes while the next ones are read; a few are under way at a time."""
    waiting: deque[tuple[bytes, Future[Block]]] = deque()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, context) as pool:
        while block := list(islice(lines, BLOCK)):
            (text,) = _texts(block)
            waiting.append((text, pool.submit(block_of, fid, text, suite)))
            if len(waiting) > AHEAD:
                text, future = waiting.popleft()
                yield text, future.result()
        for text, future in waiting:
            yield text, future.result()


def _root_of(roots: list[bytes], suite: str) -> bytes:
    if not roots:
        return hasher(suite)(b"")
    return merkle.root_of_hashes(roots, suite)
