"""Beginning a log of another name (重立日志) when what was signed cannot be brought back."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from fairdraw.errors import FairdrawError
from fairdraw.note import parse_checkpoint, parse_note
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Invalid, Misconfigured
from openlot.trail.events import LogBegunAnew
from openlot.trail.guards import raise_guards
from openlot.trail.models import Head
from openlot.trail.protection import LOG
from openlot.trail.sequencer import sequence
from openlot.trail.services import tell_of_log

_NUMBERED = re.compile(r"(.*/log)([0-9]+)\Z")


def origin_of(note: str) -> str:
    """Return the name of the log (日志名称) that signed a note.

    raises    Invalid
    """
    try:
        return parse_checkpoint(parse_note(note).text).origin
    except FairdrawError as error:
        raise Invalid(_("不是检查点：%(error)s"), error=error) from error


def next_origin(origin: str) -> str:
    """Return the name of the log that follows (下一日志名称): ``…/log2`` after ``…/log1``."""
    match = _NUMBERED.match(origin)
    return f"{match[1]}{int(match[2]) + 1}" if match else f"{origin}/log2"


def begin_anew(last: str, *, reason: str, by: str) -> None:
    """Plant the restored entries in a new tree (重立日志), whose first leaf tells of the old one.

    last      the newest checkpoint known of the old log, with its cosignatures
    by        who decided
    raises    Invalid without a reason, Misconfigured while LOG_ORIGIN is the old log's name
    """
    if not reason.strip():
        raise Invalid(_("请写明重立日志的原因"))
    old = origin_of(last)
    if old == settings.LOG_ORIGIN:
        words = _("请先把 LOG_ORIGIN 设为 %(next)s，并用 openlot log-key 为它生成新的密钥")
        raise Misconfigured(words, next=next_origin(old))
    with transaction.atomic(), connection.cursor() as cursor:
        _uproot(cursor)
        raise_guards()
        fact = LogBegunAnew(last_checkpoint=last, reason=reason.strip(), decided_by=by)
        told = tell_of_log(fact, actor=Actor.system("restore"))
        sequence()
        cursor.execute(
            "INSERT INTO trail_pending (entry_id) SELECT id FROM trail_entry WHERE id <> %s",
            [told.number],
        )
        sequence()


def _uproot(cursor: CursorWrapper) -> None:
    """Take the old tree out of a restored copy; archive and mirror keep it."""
    for table in LOG:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for act in ("update", "delete", "replace"):
                cursor.execute(f"DROP TRIGGER guard_{table}_{act}")
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # the list of tables
    cursor.execute("DELETE FROM trail_pending")
    Head.objects.update(size=0, frontier=b"")
