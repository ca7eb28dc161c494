"""What others remember of the log (外部记录): the signer's own file, and the witnesses."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from fairdraw.note import Checkpoint, parse_checkpoint, parse_note
from openlot.trail.models import Head
from openlot.trail.reading import newest_checkpoint, tree_of
from openlot.trail.signer import last_signed, memory_file
from openlot.trail.witness_list import configured
from openlot.trail.witnesses import Outcome, ask


@dataclass
class Standing:
    """How a log stands to what others remember (与外部记录比对).

    refusals  why going on from here would fork the log
    notes     what could not be compared
    """

    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def signed_before() -> Checkpoint | None:
    """Return what the signer of this machine remembers (签名记录), None without one.

    raises    Misconfigured when its file is broken
    """
    return last_signed() if settings.LOG_KEY_FILE else None


def compare(signed: Checkpoint | None, *, with_witnesses: bool) -> Standing:
    """Compare the log that is worked on with what others remember (比对外部记录).

    signed    what the signer remembers
    """
    found = Standing()
    if signed is None:
        words = _("本机没有签名记录（%s），未与其比对")
        found.notes.append(words % (memory_file() if settings.LOG_KEY_FILE else "LOG_KEY_FILE"))
    else:
        found.refusals += _beyond(signed)
    if with_witnesses:
        _ask_witnesses(found)
    return found


def _beyond(signed: Checkpoint) -> list[str]:
    size, newest = Head.objects.get().size, newest_checkpoint()
    if newest is not None:
        origin = parse_checkpoint(parse_note(newest.note).text).origin
        if origin != signed.origin:
            words = _("签名记录属于日志 %(last)s，备份属于 %(origin)s")
            return [words % {"last": signed.origin, "origin": origin}]
    if size < signed.size:
        words = _("已签署过 %(last)s 条，恢复的库只有 %(size)s 条：继续运行将使日志分叉")
        return [words % {"last": signed.size, "size": size}]
    if signed.size and tree_of(size).root_at(signed.size) != signed.root:
        return [_("与已签署的第 %s 条检查点不一致：历史不同") % signed.size]
    return []


def _ask_witnesses(found: Standing) -> None:
    newest = newest_checkpoint()
    witnesses = configured()
    if not witnesses:
        found.notes.append(_("没有配置见证人，未与其比对"))
    if newest is None:
        return
    for witness in witnesses:
        answer = ask(witness, newest)
        told = {"name": witness.verifier.name, "said": answer.detail}
        if answer.outcome == Outcome.REFUSED:
            found.refusals.append(_("见证人 %(name)s 见过更新或不同的日志：%(said)s") % told)
        elif answer.outcome == Outcome.SILENT:
            found.notes.append(_("见证人 %(name)s 未能联系：%(said)s") % told)
