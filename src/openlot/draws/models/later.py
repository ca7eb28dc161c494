"""What is added to a draw (递补、改派、概率说明、核验签署) without changing it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.accounts.models import Department
from openlot.draws.models.draw import Draw, DrawFrame
from openlot.kernel.fields import PublicIdField
from openlot.lifecycle.models import Stateful, state_is_known
from openlot.registers.models import InspectionTarget, Inspector
from openlot.rights.access import Reach


class AmendmentState(models.TextChoices):
    """Where a replacement or re-matching stands (递补、改派状态)."""

    REQUESTED = "requested", _("待审批")
    REFUSED = "refused", _("不同意")
    LINK_DUE = "link_due", _("已批准，待公布链值")
    APPROVED = "approved", _("已批准，待执行")
    CARRIED_OUT = "carried_out", _("已执行")


class Amendment(Stateful):
    """A replaced target or a re-matched officer (递补、改派), by the rule of the draw itself.

    target     who is replaced, or whose officer changes; new_target: who came in by the tickets
    number     of its kind in the draw, given when it is known who comes in: ``replace-1.vdr``
    link       of the sealed reserve, published by its holder after another unit approved
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
    link = models.CharField(max_length=64, blank=True)
    link_published_at = models.DateTimeField(null=True, blank=True)
    link_published_by_ref = models.CharField(max_length=80, blank=True)

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
                condition=models.Q(state__in=("requested", "link_due", "approved")),
                name="one_open_amendment",
            ),
            state_is_known(AmendmentState, "amendment_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.draw}: {self.get_kind_display()} {self.number or '…'}"


class ChanceStatement(models.Model):
    """The statement of chances of a draw (概率说明): simulated after the announcement, before the seed.

    done      simulations so far; whoever reproduces them gets the same counts
    counts    of those, from which a worker goes on after another has died; empty when finished
    warnings  pairs of target and officer that meet in more than half of the draws
    only_one  places that one officer alone may take
    largest   the likeliest pair, in ten-thousandths
    """

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="chances")
    simulations = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField()
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
