"""What signing in keeps: counted guesses, old passwords, used codes, invitations, resets, emergencies."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openlot.accounts.models import User, UserSession
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.rights.access import Reach


class Attempt(models.Model):
    """How many guesses one key has had since a second began its window (登录尝试计数)."""

    key = models.CharField(max_length=80, unique=True)
    began = models.BigIntegerField()
    n = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.n}"


class PasswordRecord(models.Model):
    """A password that a user has had (口令记录), as its hash; it may not come back too soon."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="password_records")
    encoded = models.CharField(max_length=160)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-set_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user}: {self.set_at:%Y-%m-%d}"


class CodeUse(models.Model):
    """A one-time code that was shown (已用动态口令), by its time step; nobody shows it twice."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    step = models.BigIntegerField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "step"], name="a_code_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.step}"


class Invitation(models.Model):
    """A link with which a person sets the first password (首次登录链接), once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_by_ref = models.CharField(max_length=80)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.issued_at:%Y-%m-%d}"


class ResetState(models.TextChoices):
    """The life of a reset (重置状态)."""

    REQUESTED = "requested", pgettext_lazy("reset", "待决定")
    DONE = "done", pgettext_lazy("reset", "已重置")
    REFUSED = "refused", pgettext_lazy("reset", "不同意")


class EmergencyState(models.TextChoices):
    """The life of an emergency view (应急查看状态)."""

    ASKED = "asked", _("待确认")
    OPEN = "open", _("进行中")
    ENDED = "ended", _("已结束")
    REFUSED = "refused", pgettext_lazy("emergency", "不同意")


class Lost(models.TextChoices):
    """What somebody has lost (重置内容): each is asked for by itself, so that the other still guards."""

    FACTOR = "factor", _("第二认证因子")
    PASSWORD = "password", _("登录口令")


class FactorReset(Stateful):
    """A request to take away what is lost (重置认证因子、口令): one person asks, another decides."""

    states = ResetState
    what = models.CharField(max_length=8, choices=Lost.choices, default=Lost.FACTOR)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.CharField(max_length=200)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    opinion = models.CharField(max_length=200, blank=True)

    reach = Reach(department="user__department")

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            state_is_known(ResetState, "factor_reset_state"),
            models.UniqueConstraint(
                fields=["user", "what"],
                condition=models.Q(state="requested"),
                name="one_open_reset",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.state}"


class EmergencyView(Stateful):
    """A limited time in which one person may read everything (应急查看), and change nothing.

    alone    nobody could confirm in time; the reason says whom the person tried to reach
    session  the only session that sees
    """

    states = EmergencyState
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="emergency_views")
    session = models.ForeignKey(UserSession, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    alone = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    n_pages = models.PositiveIntegerField(default=0)

    reach = Reach(department="user__department", assigned="user")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            state_is_known(EmergencyState, "emergency_view_state"),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=["asked", "open"]),
                name="one_emergency_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.state}"
