"""Running the checks (执行核验), level by level."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import DatabaseError
from django.utils.translation import gettext as _

from openlot.ops.fsck import (
    draws,
    people,
    published,
    registers,
    replay,
    structure,
    tree,
    witnesses,
)
from openlot.ops.fsck.findings import CHECKS, Check, Finding, Level

# each registers its own
LEVELS = (structure, tree, replay, draws, people, published, registers, witnesses)


def examine(
    level: Level, *, tell: Callable[[Check], None] = lambda _check: None, without: str = ""
) -> Iterator[Finding]:
    """Yield what is wrong (全库核验) up to a level; it never writes.

    tell      called before each check, for progress
    without   a check to leave out: tests prove with it that each one is needed
    """
    for one in sorted(CHECKS.values(), key=lambda check: check.level):
        if one.level > level or one.name == without:
            continue
        tell(one)
        try:
            yield from one.run()
        except (DatabaseError, ValueError, KeyError) as error:
            words = _("无法完成核验：%s")
            yield Finding(one.name, "-", words % f"{type(error).__name__} {error}")
