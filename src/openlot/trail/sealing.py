"""Bringing the tree up to date and signing it (入树并签署), after an act or with each tick of the worker."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from openlot.kernel import clock
from openlot.trail.frontier import root_of, split
from openlot.trail.models import Checkpoint, Head
from openlot.trail.reading import newest_checkpoint, tree_of
from openlot.trail.sequencer import sequence
from openlot.trail.signer import held, sign

GROWN = timedelta(seconds=10)


def seal_now() -> Checkpoint | None:
    """Give what is pending its place and sign (立即存证); None where no key is set up.

    raises    Conflict, Misconfigured from the signer
    """
    sequence()
    return _sign() if settings.LOG_KEY_FILE else None


def seal_when_due() -> tuple[int, Checkpoint | None]:
    """Give what is pending its place and sign what has waited long enough (定时存证).

    returns   how many entries were placed, and the checkpoint that was signed
    """
    placed = sequence()
    if not settings.LOG_KEY_FILE:
        return placed, None
    last = newest_checkpoint()
    fresh = last is not None and timedelta(0) <= clock.now() - last.at < GROWN
    return placed, None if fresh else _sign()


def _sign() -> Checkpoint | None:
    """Sign the head, unless it is signed already; the signer remembers before anybody is told."""
    with held():
        head, last = Head.objects.get(), newest_checkpoint()
        if head.size == 0 or (last is not None and last.size == head.size):
            return last
        root = root_of(split(bytes(head.frontier)))
        prove = tree_of(head.size).consistency_path
        note = sign(head.size, root, prove, begun=last.size if last else 0)
        return Checkpoint.objects.create(size=head.size, root=root, note=note, at=clock.now())
