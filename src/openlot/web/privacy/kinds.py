"""Whose personal information the trail holds (个人信息所属对象), by the numbers that people know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openlot.accounts.models import AccountRequest, User
from openlot.draws.models import Draw
from openlot.inspections.models import Inspection
from openlot.kernel.errors import Invalid
from openlot.registers.models import InspectionTarget, Inspector
from openlot.results.models import InspectionResult
from openlot.signin.models import EmergencyView, FactorReset
from openlot.signin.services.guarding import counts_of
from openlot.trail.subjects import by_kind
from openlot.web.page import href
from openlot.web.trail.subjects import KINDS as SUBJECTS

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing whose events carry personal information (对象种类).

    key      names the screens and the choice of the form
    asked    what its number is called; empty where nobody types one
    find     gives what has the number that somebody typed
    about    gives everything whose entries belong to the same person or matter
    number   gives the number that people know
    """

    key: str
    area: str
    title: Text
    asked: Text
    model: type[Model]
    find: Callable[[str], Model | None]
    about: Callable[[Any], Sequence[Model]]
    number: Callable[[Any], str]


def _find_target(words: str) -> Model | None:
    return InspectionTarget.objects.filter(code__in=(words, words.upper())).order_by("pk").first()


def _registers_of(target: InspectionTarget) -> list[Model]:
    """Return the rows of one business in the registers of all departments."""
    if not (target.uscc or target.registration_no):
        return [target]  # a number of the platform's own means nothing in another register
    return list(InspectionTarget.objects.filter(code=target.code).order_by("pk"))


def _rows_of(inspector: Inspector) -> list[Model]:
    """Return the person's rows in the registers of all departments, those left behind too."""
    if inspector.user_id is None:
        return [inspector]
    return list(Inspector.objects.filter(user_id=inspector.user_id).order_by("pk"))


def _find_account(words: str) -> Model | None:
    """Return the account that has or had a sign-in name, or the request for one never opened."""
    user = User.objects.filter(login_names__name=words).first()
    return user or AccountRequest.objects.filter(user=None, username=words).order_by("pk").first()


def _all_of(user: User) -> list[Model]:
    names = list(user.login_names.values_list("name", flat=True))
    asked = AccountRequest.objects.filter(Q(user=user) | Q(user=None, username__in=names))
    views = EmergencyView.objects.filter(user=user)
    resets = FactorReset.objects.filter(user=user)
    return [user, *asked, *views, *resets, *counts_of(names)]


def _find_inspection(words: str) -> Model | None:
    return Inspection.objects.filter(Q(number=words) | Q(notice_no=words)).first()


def _with_results(inspection: Inspection) -> list[Model]:
    return [inspection, *InspectionResult.objects.filter(inspection=inspection)]


def _find_draw(words: str) -> Model | None:
    number, _dash, attempt = words.rpartition("-")
    if not (attempt.isascii() and attempt.isdigit() and len(attempt) < 5):
        return None
    return Draw.objects.filter(draw_id=number, attempt=int(attempt)).first()


_KINDS = (
    Kind(
        "target",
        "targets",
        pgettext_lazy("one", "检查对象"),
        _("检查对象：统一社会信用代码、注册号或名录代码"),
        InspectionTarget,
        _find_target,
        _registers_of,
        lambda target: str(target.code),
    ),
    Kind(
        "inspector",
        "inspectors",
        pgettext_lazy("one", "执法检查人员"),
        _("执法检查人员：人员编号"),
        Inspector,
        lambda words: Inspector.objects.filter(number=words).first(),
        _rows_of,
        lambda inspector: str(inspector.number),
    ),
    Kind(
        "account",
        "accounts",
        _("账号"),
        _("账号：登录名"),
        User,
        _find_account,
        _all_of,
        lambda user: str(user.username),
    ),
    Kind(
        "account-request",
        "account-requests",
        _("账号申请"),
        "",
        AccountRequest,
        _find_account,
        lambda request: [request],
        lambda request: str(request.username),
    ),
    Kind(
        "inspection",
        "inspections",
        pgettext_lazy("one", "检查"),
        _("检查：检查编号或通知书文号"),
        Inspection,
        _find_inspection,
        _with_results,
        lambda inspection: str(inspection.number),
    ),
    Kind(
        "draw",
        "draws",
        pgettext_lazy("one", "抽取"),
        _("抽取：抽取编号和次数（在场见证人）"),
        Draw,
        _find_draw,
        lambda draw: [draw],
        str,
    ),
)
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in _KINDS}
CHOICES: Sequence[tuple[str, Text]] = [(kind.key, kind.asked) for kind in _KINDS if kind.asked]
_BY_MODEL: Mapping[type[Model], Kind] = {kind.model: kind for kind in _KINDS}
# What belongs to another thing that has a number, and the way there.
_PARTS: Mapping[type[Model], str] = {
    InspectionResult: "inspection",
    EmergencyView: "user",
    FactorReset: "user",
}


def address_of(key: str, number: str) -> str:
    """Return the page of what has a number (销毁页地址).

    raises    Invalid for a number that nothing of the kind has
    """
    obj = KINDS[key].find(number)
    if obj is None:
        words = _("没有找到这个编号，请与申请材料核对；种类是否选对也请核对")
        raise Invalid(fields={"number": words})
    return _address(obj)


def _address(obj: Any) -> str:
    return href(f"{_BY_MODEL[type(obj)].key}-erasure", pid=obj.public_id)


def whose(subjects: Iterable[str]) -> dict[str, SafeString]:
    """Return whose information entries hold (个人信息所属对象): kind, number and the way to its page.

    Numbers alone, for who erases may not look into the registers.
    """
    found: dict[str, SafeString] = {}
    for label, names in by_kind(subjects).items():
        model = apps.get_model(label)
        shown = _named(model, names) if model in _BY_MODEL or model in _PARTS else {}
        kind = format_html("{}", SUBJECTS[label][0] if label in SUBJECTS else label)
        found |= {f"{label}:{name}": shown.get(name, kind) for name in names}
    return found


def _named(model: type[Model], names: Sequence[str]) -> dict[str, SafeString]:
    path = _PARTS.get(model, "")
    rows = model._default_manager.filter(public_id__in=names)
    found = {}
    for row in rows.select_related(path) if path else rows:
        obj: Any = getattr(row, path) if path else row
        kind = _BY_MODEL[type(obj)]
        link = format_html('<a href="{}">{} {}</a>', _address(obj), kind.title, kind.number(obj))
        found[str(getattr(row, "public_id", ""))] = link
    return found
