"""Draws (随机抽取): what was fixed before the seed, and the evidence."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.rights.access import Reach
from openlot.tasks.models import Disclosure, InspectionTask


class DrawState(models.TextChoices):
    """Where a draw stands (抽取状态)."""

    PREPARED = "prepared", _("待封存")
    SEAL_REQUESTED = "seal_requested", _("已提请封存")
    FROZEN = "frozen", _("已封存")
    ANNOUNCED = "announced", _("已公告")
    DRAWN = "drawn", _("已抽取，人员未匹配")
    MATCHED = "matched", _("已抽取并匹配")
    VOIDED = "voided", _("已作废")


class Reserve(models.TextChoices):
    """Who comes in when a drawn target cannot be inspected (递补方式), fixed before the seed."""

    NONE = "none", _("不设递补")
    OPEN = "open", _("公开递补：按签号顺延")
    SEALED = "sealed", _("密封递补：逐次公布链值后确定")


class Draw(Stateful):
    """One attempt to draw for one task (一次抽取); another attempt is another row, chained.

    matches_again the draw whose targets stand but had no complete matching (另行匹配)
    extension     the approved request that it draws more targets for (补充抽取)
    shortage      why no complete matching exists: a sentence's template and values
    event_at      when the named public event is drawn (开奖时间), bound by the announcement
    frame_key     secret that salts the leaves; opens rows for receipts and auditors only
    day_number    the drawing day it takes part in (抽签日), empty when it is held on its own
    visits_apart  visits to be expected had each list been drawn for itself
    reserve       spares in the order of their tickets, or a chain that the office holds
    """

    task = models.ForeignKey(InspectionTask, on_delete=models.PROTECT, related_name="draws")
    draw_id = models.CharField(max_length=64)
    attempt = models.PositiveSmallIntegerField()
    predecessor = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successor"
    )
    matches_again = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="rematchings"
    )
    extension = models.ForeignKey(
        "draws.Extension", on_delete=models.PROTECT, null=True, blank=True, related_name="draws"
    )
    session = models.CharField(max_length=64, unique=True)
    day_number = models.CharField(max_length=32, blank=True, db_index=True)
    disclosure = models.CharField(max_length=8, choices=Disclosure.choices)
    suite = models.CharField(max_length=8, default="sha256")
    reserve = models.CharField(max_length=8, choices=Reserve.choices, default=Reserve.OPEN)
    is_demo = models.BooleanField(default=False)
    as_of_on = models.DateField()
    embargo_at = models.DateTimeField(null=True, blank=True)
    event_at = models.DateTimeField(null=True, blank=True)
    frame_key = models.BinaryField(max_length=32)
    requested_by_ref = models.CharField(max_length=80, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by_ref = models.CharField(max_length=80, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    adigest = models.CharField(max_length=64, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by_ref = models.CharField(max_length=80, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    rdigest = models.CharField(max_length=64, blank=True)
    ceiling = models.CharField(max_length=10, blank=True)
    shortage = models.JSONField(default=dict, blank=True)
    visits_apart = models.PositiveIntegerField(default=0)
    void_requested_at = models.DateTimeField(null=True, blank=True)
    void_stage = models.CharField(max_length=2, blank=True)
    void_code = models.CharField(max_length=2, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    void_requested_by_ref = models.CharField(max_length=80, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by_ref = models.CharField(max_length=80, blank=True)
    void_digest = models.CharField(max_length=64, blank=True)

    states = DrawState
    reach = Reach(department="task__department", involved="task__participations__department")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["draw_id", "attempt"], name="draw_attempt_once"),
            models.UniqueConstraint(
                fields=["task"],
                condition=~models.Q(state__in=("voided", "drawn")) & models.Q(extension=None),
                name="one_live_draw",
            ),
            models.UniqueConstraint(
                fields=["extension"],
                condition=~models.Q(state__in=("voided", "drawn")),
                name="one_live_draw_per_extension",
            ),
            state_is_known(DrawState, "draw_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}-{self.attempt}"


class DrawFrame(models.Model):
    """One sealed list of a draw (待抽取对象名单)."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="frames")
    fid = models.CharField(max_length=64)
    lane = models.CharField(max_length=64)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    root = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64)
    n_entries = models.PositiveIntegerField()
    n_eligible = models.PositiveIntegerField()

    class Meta:
        ordering = ["fid"]
        constraints = [models.UniqueConstraint(fields=["draw", "fid"], name="frame_once")]

    def __str__(self) -> str:
        return f"{self.draw}: {self.fid}"


class DrawStratum(models.Model):
    """One stratum of a frame (层): its public alias, its meaning and its numbers."""

    frame = models.ForeignKey(DrawFrame, on_delete=models.PROTECT, related_name="strata")
    alias = models.CharField(max_length=64)
    meaning = models.CharField(max_length=80)
    n_eligible = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    n_drawn = models.PositiveIntegerField(default=0)
    n_reserve = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["alias"]
        constraints = [models.UniqueConstraint(fields=["frame", "alias"], name="stratum_once")]

    def __str__(self) -> str:
        return f"{self.frame}: {self.alias}"


class DrawExclusion(models.Model):
    """How many entries of a frame are not drawable, by reason (排除数)."""

    frame = models.ForeignKey(DrawFrame, on_delete=models.PROTECT, related_name="exclusions")
    code = models.CharField(max_length=3)
    n_excluded = models.PositiveIntegerField()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["frame", "code"], name="exclusion_once")]

    def __str__(self) -> str:
        return f"{self.frame}: {self.code} {self.n_excluded}"


class EvidenceFile(models.Model):
    """One file of the evidence bundle (证据文件), kept byte for byte."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["draw", "name"], name="evidence_file_once")]

    def __str__(self) -> str:
        return f"{self.draw}: {self.name}"
