"""Draws (随机抽取): what was fixed before the seed, what came out, and the evidence."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.kernel.fields import PublicIdField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.registers.models import InspectionTarget, Inspector
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


class Draw(Stateful):
    """One attempt to draw for one task (一次抽取); another attempt is another row, chained.

    matches_again the draw whose targets stand but had no complete matching (另行匹配)
    shortage      why no complete matching exists: a sentence's template and values
    frame_key     secret that salts the leaves; opens rows for receipts and auditors only
    day_number    the drawing day it takes part in (抽签日), empty when it is held on its own
    visits_apart  visits to be expected had each list been drawn for itself
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
    session = models.CharField(max_length=64, unique=True)
    day_number = models.CharField(max_length=32, blank=True, db_index=True)
    disclosure = models.CharField(max_length=8, choices=Disclosure.choices)
    suite = models.CharField(max_length=8, default="sha256")
    is_demo = models.BooleanField(default=False)
    as_of_on = models.DateField()
    embargo_at = models.DateTimeField(null=True, blank=True)
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
                condition=~models.Q(state__in=("voided", "drawn")),
                name="one_live_draw",
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


PHYSICAL = ("digits", "numbers")


class SeedSource(models.Model):
    """One contribution to the seed (随机数来源): committed before, opened after the announcement."""

    public_id = PublicIdField()
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="sources")
    index = models.PositiveSmallIntegerField()
    source_id = models.CharField(max_length=64)
    type = models.CharField(max_length=8)
    param = models.CharField(max_length=120, blank=True)
    party = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    party_name = models.CharField(max_length=80)
    by_server = models.BooleanField(default=False)
    committed_by_ref = models.CharField(max_length=80, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    value = models.CharField(max_length=200, blank=True)
    opened_by_ref = models.CharField(max_length=80, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    reach = Reach(
        department="draw__task__department", involved="draw__task__participations__department"
    )

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "index"], name="source_index_once"),
            models.UniqueConstraint(fields=["draw", "source_id"], name="source_id_once"),
        ]

    def __str__(self) -> str:
        return f"{self.draw}: {self.source_id}"

    @property
    def is_physical(self) -> bool:
        """Whether it is seen by everybody and belongs to nobody (现场骰数、公共事件)."""
        return self.type in PHYSICAL


class DrawnTarget(models.Model):
    """A target that was drawn, or stands by (抽取结果)."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="drawn_targets")
    frame = models.ForeignKey(DrawFrame, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(InspectionTarget, on_delete=models.PROTECT, related_name="+")
    stratum = models.CharField(max_length=64)
    rank = models.PositiveIntegerField()
    ticket = models.CharField(max_length=64)
    is_spare = models.BooleanField(default=False)

    class Meta:
        ordering = ["stratum", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["frame", "target"], name="drawn_once_per_frame")
        ]

    def __str__(self) -> str:
        return f"{self.draw}: {self.target}"


class MatchedOfficer(models.Model):
    """An inspector matched to a drawn target by chance (匹配结果)."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="matched_officers")
    target = models.ForeignKey(InspectionTarget, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=64)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="+")
    pick = models.CharField(max_length=64)
    n_candidates = models.PositiveIntegerField()

    class Meta:
        ordering = ["target", "slot"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "target", "slot"], name="slot_filled_once"),
            models.UniqueConstraint(
                fields=["draw", "target", "inspector"], name="officer_once_per_target"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.inspector}"


class AmendmentState(models.TextChoices):
    """Where a replacement or re-matching stands (递补、改派状态)."""

    REQUESTED = "requested", _("待审批")
    REFUSED = "refused", _("不同意")
    APPROVED = "approved", _("已批准，待执行")
    CARRIED_OUT = "carried_out", _("已执行")


class Amendment(Stateful):
    """A replaced target or a re-matched officer (递补、改派), by the rule of the draw itself.

    target     who is replaced, or whose officer changes; new_target: who came in by the tickets
    number     of its kind in the draw, given when it is approved: ``replace-1.vdr``
    document   the evidence, whose SHA-256 the record binds
    """

    class Kind(models.TextChoices):
        """What is amended (变更种类)."""

        REPLACE = "replace", _("递补")
        REMATCH = "rematch", _("改派")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="amendments")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    frame = models.ForeignKey(
        DrawFrame, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    target = models.ForeignKey(InspectionTarget, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=64, blank=True)
    inspector = models.ForeignKey(
        Inspector, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    new_target = models.ForeignKey(
        InspectionTarget, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    new_inspector = models.ForeignKey(
        Inspector, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason_code = models.CharField(max_length=16)
    reason = models.CharField(max_length=200)
    document = models.BinaryField()
    document_name = models.CharField(max_length=120)
    document_sha256 = models.CharField(max_length=64)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    requested_by_ref = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_ref = models.CharField(max_length=80, blank=True)
    decided_by_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    refused_reason = models.CharField(max_length=200, blank=True)

    states = AmendmentState
    reach = Reach(department="department", involved="draw__task__participations__department")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "kind", "number"], name="amendment_number_once"
            ),
            models.UniqueConstraint(
                fields=["draw", "kind", "target", "slot", "frame"],
                condition=models.Q(state__in=("requested", "approved")),
                name="one_open_amendment",
            ),
            state_is_known(AmendmentState, "amendment_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.draw}: {self.get_kind_display()} {self.number or '…'}"


class ChanceStatement(models.Model):
    """The statement of chances of a draw (概率说明): simulated after the announcement, before the seed.

    done      simulations so far; whoever reproduces them gets the same counts
    warnings  pairs of target and officer that meet in more than half of the draws
    only_one  places that one officer alone may take
    largest   the likeliest pair, in ten-thousandths
    """

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="chances")
    simulations = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    told_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    infeasible = models.PositiveIntegerField(default=0)
    largest_bp = models.PositiveIntegerField(default=0)
    n_warnings = models.PositiveIntegerField(default=0)
    n_only_one = models.PositiveIntegerField(default=0)
    sentences = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.draw}: {self.done}/{self.simulations}"


class Attestation(models.Model):
    """What an auditing organ found when it recomputed a draw (核验签署), signed once per organ."""

    class Verdict(models.TextChoices):
        """What came out (核验结论)."""

        CONSISTENT = "consistent", _("一致")
        DIFFERS = "differs", _("不一致")

    public_id = PublicIdField()
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="attestations")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    rdigest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField()
    signed_by_ref = models.CharField(max_length=80)

    reach = Reach(
        department="draw__task__department", involved="draw__task__participations__department"
    )

    class Meta:
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "department"], name="attested_once_per_organ")
        ]

    def __str__(self) -> str:
        return f"{self.draw}: {self.department} {self.verdict}"
