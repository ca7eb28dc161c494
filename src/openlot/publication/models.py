"""What the public sees: immutable snapshots (公示), the only thing the portal reads."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from openlot.kernel.fields import PublicIdField
from openlot.rights.access import Reach


class PublicRecord(models.Model):
    """One version of one published thing (公示记录): never changed, only followed by another.

    key     what it is about, the same in all its versions, e.g. ``plan:4f…``
    body    the allow-listed public fields, rendered by the portal
    search  what the search box of the portal looks into
    """

    class Kind(models.TextChoices):
        """What is published (公示类别)."""

        ITEM = "item", _("随机抽查事项清单")
        PLAN = "plan", _("年度抽查工作计划")
        ANNOUNCEMENT = "announcement", _("抽取公告")
        DRAW = "draw", _("抽取记录")
        VOID = "void", _("抽取作废公告")
        RESULT = "result", _("抽查检查结果")
        ATTESTATION = "attestation", _("监督核验结论")

    public_id = PublicIdField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    title = models.CharField(max_length=200)
    department_name = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    body = models.JSONField()
    search = models.CharField(max_length=400, blank=True)
    code = models.CharField(max_length=40, blank=True)
    published_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    correction_reason = models.CharField(max_length=200, blank=True)

    reach = Reach(everyone=True)

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="public_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(is_current=True), name="one_current_version"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "is_current", "-published_at"]),
            models.Index(fields=["code"]),
        ]

    def __str__(self) -> str:
        return self.title


class PublicFile(models.Model):
    """A file beside a published record (公示附件), byte for byte."""

    record = models.ForeignKey(PublicRecord, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["record", "name"], name="public_file_once")]

    def __str__(self) -> str:
        return self.name


class SealedReceipt(models.Model):
    """A business's own receipt of a draw (回执), opened only by the code it holds.

    code_sha256  digest of the check code on its notice: the code itself is not kept here
    """

    record = models.ForeignKey(PublicRecord, on_delete=models.PROTECT, related_name="receipts")
    code_sha256 = models.CharField(max_length=64)
    fid = models.CharField(max_length=64)
    body = models.JSONField()
    content = models.BinaryField()

    class Meta:
        ordering = ["fid"]
        constraints = [
            models.UniqueConstraint(fields=["record", "code_sha256", "fid"], name="receipt_once")
        ]

    def __str__(self) -> str:
        return f"{self.record}"


class OpenedEvent(models.Model):
    """An event of the trail that was opened with a published record (已公开留痕): its body and salt.

    Anyone hashes them into the leaf that the public tree holds; a body names no person.

    commitment  what the leaf shows
    """

    record = models.ForeignKey(PublicRecord, on_delete=models.PROTECT, related_name="opened")
    kind = models.CharField(max_length=64)
    commitment = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16)
    body = models.BinaryField(max_length=65_535)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["record", "kind"], name="opened_once")]

    def __str__(self) -> str:
        return f"{self.record}: {self.kind}"
