"""The random values of the parties (随机数密封与启封), and the dice."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fairdraw.announce import Source
from fairdraw.errors import FairdrawError
from fairdraw.seed import check_value, commitment
from fairdraw.sources import chain_length, check_param
from openlot.draws import events
from openlot.draws.machine import DRAW
from openlot.draws.models import PHYSICAL, SEALED, SeedSource
from openlot.draws.reserve import links_needed, played_link
from openlot.draws.selectors import as_line, missing_values, not_announced
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, Invalid
from openlot.lifecycle.fire import fire, hold
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.rules.public_events import written


def commit_value(source: SeedSource, *, sealed: str, actor: Actor) -> SeedSource:
    """Take a party's commitment (随机数密封) made on its own device.

    sealed    64 hex digits; ``n:top`` for the chain of a sealed reserve
    raises    Denied for another party's, Invalid, Conflict when already sealed
    """
    _own_source(source, actor)
    if source.type == "chain":
        _check_chain(source, sealed)
    elif len(sealed) != 64 or set(sealed) - set("0123456789abcdef"):
        raise Invalid(fields={"sealed": _("密封值应为 64 位小写十六进制字符")})
    return _seal(source, sealed, actor)


def play_party(source: SeedSource, *, actor: Actor) -> SeedSource:
    """Let the server seal a value for a party (演示代封): demo only, and the draw says so.

    raises    Denied outside the demo
    """
    if not settings.DEMO:
        raise Denied
    draw = source.draw
    if source.type == "chain":
        length = links_needed(draw)
        value = played_link(draw, length - 1, length)
        sealed = f"{length}:{played_link(draw, length, length)}"
    else:
        value = secrets.token_hex(32)
        sealed = commitment(draw.session, source.source_id, value, draw.suite)
    return _seal(source, sealed, actor, value=value, by_server=True)


def open_value(source: SeedSource, *, value: str, read_back: str, actor: Actor) -> SeedSource:
    """Take an opened value or the dice (启封、录入骰数), typed twice.

    raises    Denied for another party's, Invalid when the two differ or the value does not fit,
              Conflict when it is open already, or dice come while a party's value is closed
    """
    if source.type in SEALED:
        _own_source(source, actor)
    if source.type == "numbers":
        value, read_back = written(value, source.param), written(read_back, source.param)
    if value != read_back:
        raise Invalid(fields={"read_back": _("两次录入不一致，请逐位核对后重新录入")})
    return _open(source, value, actor)


def open_played(source: SeedSource, *, actor: Actor) -> SeedSource:
    """Open a value that the server sealed (演示代启封): demo only."""
    if not settings.DEMO or not source.by_server:
        raise Denied
    return _open(source, source.value, actor)


@transaction.atomic
def _seal(source: SeedSource, sealed: str, actor: Actor, **more: object) -> SeedSource:
    hold(source)
    if source.param:
        raise Conflict(_("该方已密封随机数，不能更换"))
    fact = events.ValueCommitted(source=source.source_id, commitment=sealed)
    fire(source.draw, DRAW["commit_value"], fact, actor=actor)
    at = clock.now()
    return _change(source, param=sealed, committed_by_ref=actor.ref, committed_at=at, **more)


@transaction.atomic
def _open(source: SeedSource, value: str, actor: Actor) -> SeedSource:
    draw = source.draw
    hold(draw)
    if draw.day_number and not_announced(draw.day_number).exists():
        raise Conflict(_("抽签日的抽取须全部公告后才能启封"))
    closed = missing_values(draw)
    if not closed.filter(pk=source.pk).exists():
        raise Conflict(_("该来源已启封"))
    if source.is_physical and closed.exclude(type__in=PHYSICAL).exists():
        raise Conflict(_("各方全部启封后才能录入骰数"))
    if source.type == "numbers" and closed.filter(type="digits").exists():
        raise Conflict(_("先掷骰，后录入公共事件号码"))
    try:
        check_value(
            as_line(source),
            value,
            draw.session,
            draw.suite,
        )
    except FairdrawError as error:
        raise Invalid(fields={"value": _("与密封时不一致或格式不符，请核对")}) from error
    fact = events.ValueOpened(source=source.source_id, value=value)
    fire(draw, DRAW["open_value"], fact, actor=actor)
    return _change(source, value=value, opened_by_ref=actor.ref, opened_at=clock.now())


def _check_chain(source: SeedSource, sealed: str) -> None:
    """Refuse a chain that is not written ``n:top``, or is too short for what may be replaced."""
    line = Source(source.index, source.source_id, source.type, sealed)
    try:
        check_param(line)
    except FairdrawError as error:
        raise Invalid(fields={"sealed": _("递补链应写作“链长:64 位小写十六进制链顶”")}) from error
    needed = links_needed(source.draw)
    if chain_length(line) < needed:
        words = _("链长至少 %(needed)s，才够预计的递补次数；请按页面所示链长重新生成")
        raise Invalid(fields={"sealed": words % {"needed": needed}})


def _own_source(source: SeedSource, actor: Actor) -> None:
    if not actor.is_system and source.party_id != actor.department_id:
        raise Denied(_("只能由该参与方本单位操作"))
    if source.type == "chain":
        require(actor, Perm.RESERVE_HOLD, source.draw)


def _change(source: SeedSource, **changes: object) -> SeedSource:
    SeedSource.objects.filter(pk=source.pk).update(**changes)
    return SeedSource.objects.get(pk=source.pk)
