"""Reading what is public."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from openlot.publication.models import PublicRecord, SealedReceipt


def published(kind: str) -> QuerySet[PublicRecord]:
    """Return the current records of a kind (现行公示), newest first."""
    return PublicRecord.objects.filter(kind=kind, is_current=True)


def attestations(record: PublicRecord) -> QuerySet[PublicRecord]:
    """Return what auditing organs signed about a draw (监督核验结论), the earliest first."""
    if record.kind != PublicRecord.Kind.DRAW:
        return PublicRecord.objects.none()
    number = record.key.removeprefix("draw:")
    rows = published(PublicRecord.Kind.ATTESTATION)
    return rows.filter(key__startswith=f"attestation:{number}:").order_by("published_at")


def extensions(record: PublicRecord) -> list[PublicRecord]:
    """Return the supplementary draws of a draw (补充抽取), as far as they are announced or public."""
    kinds = (PublicRecord.Kind.ANNOUNCEMENT, PublicRecord.Kind.DRAW)
    if record.kind not in kinds:
        return []
    number = record.key.partition(":")[2]
    rows = PublicRecord.objects.filter(kind__in=kinds, is_current=True, body__extends=number)
    newest = {row.key.partition(":")[2]: row for row in rows.order_by("published_at", "pk")}
    return list(newest.values())


def history(record: PublicRecord) -> QuerySet[PublicRecord]:
    """Return all versions of a record (历次版本), newest first."""
    return PublicRecord.objects.filter(key=record.key).order_by("-version")


def void_notice(record: PublicRecord) -> PublicRecord | None:
    """Return the notice that what a record tells of was voided (作废公告), if it was."""
    kind, _colon, number = record.key.partition(":")
    if kind not in (PublicRecord.Kind.DRAW, PublicRecord.Kind.ANNOUNCEMENT):
        return None
    key = f"{PublicRecord.Kind.VOID.value}:{number}"
    return PublicRecord.objects.filter(key=key, is_current=True).first()


def search(words: str) -> QuerySet[PublicRecord]:
    """Return the current records that a name or a code finds (按名称或代码查询)."""
    text = words.strip()
    if not text:
        return PublicRecord.objects.none()
    return PublicRecord.objects.filter(is_current=True).filter(
        Q(code=text.upper()) | Q(search__contains=text)
    )


def receipt_for(code: str) -> QuerySet[SealedReceipt]:
    """Return what a notice's check code opens (凭查验码查询回执)."""
    digest = hashlib.sha256(code.strip().lower().encode()).hexdigest()
    rows = SealedReceipt.objects.filter(code_sha256=digest, record__is_current=True)
    return rows.select_related("record")


def current() -> QuerySet[PublicRecord]:
    """Return all current records (全部现行公示)."""
    return PublicRecord.objects.filter(is_current=True)


def records_of(keys: Sequence[str], *, draws: Sequence[str]) -> list[PublicRecord]:
    """Return all versions of some records (历次公示), and what was attested of some draws.

    keys      what the records are about, as they are stored
    draws     numbers of draws with the attempt
    """
    found: list[PublicRecord] = []
    for start in range(0, len(keys), 500):
        found += PublicRecord.objects.filter(key__in=keys[start : start + 500])
    for number in draws:
        found += PublicRecord.objects.filter(key__startswith=f"attestation:{number}:")
    return sorted(found, key=lambda row: (row.key, row.version))
