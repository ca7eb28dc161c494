"""The declaration of personal fields (个人信息字段): beside each model, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openlot.rights.perms import Perm
from openlot.rules.masking import mask_all, mask_name, mask_number, mask_phone

Text = str | Promise


class Mask(Enum):
    """How a personal field is shown by default (遮盖方式)."""

    NAME = partial(mask_name)
    PHONE = partial(mask_phone)
    NUMBER = partial(mask_number)
    HIDDEN = partial(mask_all)
    COLLEAGUES = partial(str)

    @property
    def label(self) -> Text:
        """What is done, in words (遮盖方式名称)."""
        return _LABELS[self]


_LABELS: dict[Mask, Text] = {
    Mask.NAME: _("只显示姓"),
    Mask.PHONE: _("隐去中间号码"),
    Mask.NUMBER: _("隐去中间位数"),
    Mask.HIDDEN: _("全部隐去"),
    Mask.COLLEAGUES: _("工作人员之间不遮盖，不对外公开"),
}


@dataclass(frozen=True, slots=True)
class PersonalField:
    """One personal field (个人信息字段): what it is, why it is kept, who may read it whole.

    reveal    the rights to read it whole, with a reason and an event; none where nobody may
    """

    label: Text
    mask: Mask
    reveal: tuple[Perm, ...]
    purpose: Text
    kept: Text


def masked(obj: Model, name: str) -> str:
    """Return a personal field as it is shown by default (遮盖后的内容)."""
    field = declared(type(obj))[name]
    return str(field.mask.value(str(getattr(obj, name) or "")))


def declared(model: type[Model]) -> dict[str, PersonalField]:
    """Return the personal fields of a model (个人信息字段): its ``personal``, by name."""
    found: Any = getattr(model, "personal", {})
    return dict(found)


def personal_models() -> Iterator[tuple[type[Model], dict[str, PersonalField]]]:
    """Yield every model that keeps something personal (含个人信息的数据)."""
    for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
        if fields := declared(model):
            yield model, fields
