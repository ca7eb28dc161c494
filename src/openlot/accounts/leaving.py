"""What ends when a person leaves a department (离岗即停): each app above adds its own part here.

Accounts lie below the registers and do not know them; closing and moving ask this list, in their
own transaction, so that nobody can do the one without the other.
"""

from __future__ import annotations

from collections.abc import Callable

from openlot.accounts.models import User

Ending = Callable[[User, str], None]  # who leaves, and why

ENDINGS: list[Ending] = []


def ends_on_leaving(act: Ending) -> Ending:
    """Add an act to what happens when somebody leaves (登记离岗事项); it runs for a held user row."""
    ENDINGS.append(act)
    return act
