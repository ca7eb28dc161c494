"""Policy numbers that law or the city fixes, version by version."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.kernel.fields import PublicIdField
from openlot.rights.access import Reach


class Policy(models.Model):
    """One version of one policy number or table (政策参数); a change is a new version.

    kind   what it rules; key  which one of the kind, e.g. the year of a calendar
    body   the numbers themselves, in the shape its kind asks for
    """

    class Kind(models.TextChoices):
        """What a policy rules (参数类别)."""

        CALENDAR = "calendar", _("工作日历")
        DEADLINE = "deadline", _("期限")
        RATIO = "ratio", _("抽查比例")
        RESULT_CODES = "result_codes", _("检查结果代码")
        DRAW = "draw", _("抽取参数")
        ACCOUNT = "account", _("账号管理")
        SIGN_IN = "sign_in", _("登录安全")

    public_id = PublicIdField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    key = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    source = models.CharField(max_length=200)
    effective_on = models.DateField()
    adopted_at = models.DateTimeField()
    adopted_by_ref = models.CharField(max_length=80)

    reach = Reach(everyone=True)

    class Meta:
        ordering = ["kind", "key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "version"], name="policy_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} v{self.version}"
