"""What can go wrong in the domain; each error has a stable code, a status and words for people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """A refusal (业务错误) that the user is told about in words."""

    code = "error"
    status = 400
    default: Text = _("操作未完成")

    def __init__(self, message: Text | None = None, /, **params: object) -> None:
        self.template = message if message is not None else self.default
        self.params = params
        super().__init__(self.code)

    @property
    def message(self) -> str:
        """The sentence for the user, in the user's language."""
        text = str(self.template)
        return text % self.params if self.params else text

    def __str__(self) -> str:
        return self.message


class Denied(DomainError):
    """The actor lacks the right (无权操作)."""

    code, status, default = "denied", 403, _("您没有此项操作权限")


class NotFound(DomainError):
    """Nothing of that name that the actor may see (未找到)."""

    code, status, default = "not_found", 404, _("未找到，或您无权查看")


class StaleState(DomainError):
    """Somebody else was faster (已被他人处理)."""

    code, status, default = "stale", 409, _("该事项已被他人处理，页面已更新，请核对后再操作")


class Conflict(DomainError):
    """A rule of the domain stands against it (与规则冲突)."""

    code, status, default = "conflict", 409, _("与现有数据冲突")


class Invalid(DomainError):
    """Input that breaks a rule (填报有误); ``fields`` says which field and how to mend it."""

    code, status, default = "invalid", 422, _("填报内容有误，请按提示修改")

    def __init__(
        self,
        message: Text | None = None,
        /,
        *,
        fields: Mapping[str, Text] | None = None,
        **params: object,
    ) -> None:
        super().__init__(message, **params)
        self.fields: Mapping[str, Text] = dict(fields or {})


class TooLarge(DomainError):
    """More than the platform takes at once (超出容量)."""

    code, status, default = "too_large", 413, _("文件或数据超出允许的大小")


class Misconfigured(DomainError):
    """The platform itself is not set up for it (系统配置有误)."""

    code, status, default = "misconfigured", 500, _("系统配置有误，请联系平台管理员")
