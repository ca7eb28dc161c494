"""The insert-only tables of the trail (全程留痕)."""

from __future__ import annotations

import uuid

from django.db import models


class Entry(models.Model):
    """One event as it was written (留痕记录); its body is final and hashed verbatim."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor_ref = models.CharField(max_length=80)
    department_code = models.CharField(max_length=32, blank=True)
    subject = models.CharField(max_length=80)
    salt = models.BinaryField(max_length=16)
    body = models.BinaryField(max_length=65_535)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"]),
            models.Index(fields=["actor_ref", "id"]),
            models.Index(fields=["kind", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class PrivatePart(models.Model):
    """The internal or personal fields of an entry (非公开部分); a personal part can be shredded."""

    class Kind(models.TextChoices):
        """What the part holds (密级)."""

        INTERNAL = "internal"
        PERSONAL = "personal"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="private_parts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    salt = models.BinaryField(max_length=16)
    payload = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "kind"], name="one_part_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} part of {self.entry_id}"


class Pending(models.Model):
    """An entry that waits for its place in the tree (待排序), filled by a trigger."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)

    def __str__(self) -> str:
        return str(self.entry_id)
