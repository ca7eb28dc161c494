"""The tables of the trail (全程留痕): what was written, its place in the tree, what was signed."""

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
            # What a search narrows by stands in the index: see `searching`.
            models.Index(fields=["kind", "id", "department_code", "at"]),
            models.Index(fields=["actor_ref", "id", "kind", "department_code", "at"]),
            models.Index(fields=["subject", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class PrivatePart(models.Model):
    """The internal or personal fields of an entry (非公开部分); a personal part can be shredded."""

    class Kind(models.TextChoices):
        """What the part holds (密级)."""

        INTERNAL = "internal"
        PERSONAL = "personal"

    pk = models.CompositePrimaryKey("entry_id", "kind")
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="private_parts", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    salt = models.BinaryField(max_length=16)
    payload = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.kind} part of {self.entry_id}"


class Pending(models.Model):
    """An entry that waits for its place in the tree (待排序), filled by a trigger."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)

    def __str__(self) -> str:
        return str(self.entry_id)


class Leaf(models.Model):
    """The place of an entry in the public tree (公开叶子): index, salted commitment, leaf hash.

    Without a gap from 0 on; all that the public sees of an entry until it is opened.
    """

    index = models.PositiveBigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="leaf")
    commitment = models.BinaryField(max_length=32, unique=True)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.index)


class Tile(models.Model):
    """256 neighbouring hashes of one level of the tree (满瓦片), and the root over them.

    level   0 holds leaf hashes, each level above the roots of 256 tiles below (C2SP tlog-tiles)
    """

    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed size and root of the tree (签名检查点)."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-size"]

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(models.Model):
    """The line by which a witness vouches for a checkpoint (见证签名)."""

    size = models.PositiveBigIntegerField()
    witness = models.CharField(max_length=120)
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["size", "witness"], name="cosigned_once")]

    def __str__(self) -> str:
        return f"{self.size} {self.witness}"


class Head(models.Model):
    """Where the tree stands (树头): its size and the roots of its complete subtrees; one row.

    frontier  32 bytes for each set bit of the size, the largest subtree first
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_head")]

    def __str__(self) -> str:
        return str(self.size)


class Touch(models.Model):
    """A transaction that changed a protected table (改动登记), written by that table's trigger.

    Where the trail's own table is not among the tables of a transaction, nobody told what it did.

    token  names the transaction
    """

    pk = models.CompositePrimaryKey("token", "relation", "act")
    token = models.CharField(max_length=48)
    relation = models.CharField(max_length=63)
    act = models.CharField(max_length=6)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.act} {self.relation}"
