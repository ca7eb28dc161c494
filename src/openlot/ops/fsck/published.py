"""Level 2 (重放): what was published, adopted, recorded and uploaded is what the trail sealed."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.ops.fsck.replay import told_fields
from openlot.policies.models import Policy
from openlot.publication.models import PublicFile, PublicRecord
from openlot.registers.models import ImportBatch
from openlot.results.models import Evidence, InspectionResult
from openlot.trail.events import canonical
from openlot.trail.subjects import subject_of


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _digest_of(body: object) -> str:
    try:
        return _sha256(canonical(body))
    except TypeError:
        return ""


@check(Level.REPLAY)
def published_records_are_unchanged() -> Findings:
    """Each version of each record has the digest that was told when it was published."""
    told = {
        (fields["key"], fields["version"]): fields["body_sha256"]
        for _entry, fields in told_fields("publication.recorded")
    }
    rows = PublicRecord.objects.order_by("pk")
    for pk, key, version, body in rows.values_list("pk", "key", "version", "body").iterator(200):
        digest = told.pop((key, version), None)
        if digest is None:
            yield Finding("publication_publicrecord", str(pk), _("没有公示留痕：%s") % key)
        elif digest != _digest_of(body):
            yield Finding("publication_publicrecord", str(pk), _("公示内容被改动：%s") % key)
    for key, version in told:
        words = _("已公示的记录不在库中：第 %s 版") % version
        yield Finding("publication_publicrecord", str(key), words)


@check(Level.REPLAY)
def one_version_is_current() -> Findings:
    """The newest version of each record is the current one."""
    newest: dict[str, tuple[int, bool]] = {}
    rows = PublicRecord.objects.order_by("key", "version")
    for key, version, current in rows.values_list("key", "version", "is_current").iterator():
        if key in newest and newest[key][1]:
            yield Finding("publication_publicrecord", key, _("旧版本仍标为现行"))
        newest[key] = (version, current)
    for key, (_version, current) in newest.items():
        if not current:
            yield Finding("publication_publicrecord", key, _("最新版本未标为现行"))


@check(Level.REPLAY)
def public_files_are_whole() -> Findings:
    """Each public file has the digest that is kept beside it."""
    for row in PublicFile.objects.order_by("pk").iterator(20):
        if _sha256(bytes(row.content)) != row.sha256:
            yield Finding("publication_publicfile", str(row.pk), _("%s 被改动") % row.name)


@check(Level.REPLAY)
def policies_are_those_adopted() -> Findings:
    """Each version of a policy has the digest and the source that were told when it was adopted."""
    told = {
        (f["policy"], f["key"], f["version"]): (f["body_sha256"], f["source"])
        for _entry, f in told_fields("policy.adopted")
    }
    for row in Policy.objects.order_by("pk").iterator():
        sealed = told.pop((row.kind, row.key, row.version), None)
        name = f"{row.kind}/{row.key}/{row.version}"
        if sealed is None:
            yield Finding("policies_policy", name, _("没有发布留痕"))
        elif sealed != (_digest_of(row.body), row.source):
            yield Finding("policies_policy", name, _("内容或依据被改动"))
    for kind, key, version in told:
        yield Finding("policies_policy", f"{kind}/{key}/{version}", _("已发布的参数不在库中"))


@check(Level.REPLAY)
def results_are_those_recorded() -> Findings:
    """The codes of each result are those that its officers signed."""
    told: dict[str, str] = {}
    for entry, fields in told_fields("result.recorded"):
        told[entry.subject] = fields["codes"]
    rows = InspectionResult.objects.exclude(recorded_at=None).order_by("pk")
    for row in rows.iterator(500):
        if told.get(subject_of(row)) != ",".join(row.codes):
            words = _("结果代码与签字时不符")
            yield Finding("results_inspectionresult", row.public_id, words)


@check(Level.REPLAY)
def evidence_is_whole() -> Findings:
    """Each photo has its digest, and the digest was told when it was added."""
    told = {(entry.subject, f["sha256"]) for entry, f in told_fields("result.evidence_added")}
    for row in Evidence.objects.select_related("result").order_by("pk").iterator(20):
        if _sha256(bytes(row.content)) != row.sha256:
            yield Finding("results_evidence", row.public_id, _("内容与校验码不符"))
        told_of = (subject_of(row.result), row.sha256)
        if told_of not in told:
            yield Finding("results_evidence", row.public_id, _("没有上传留痕"))
        told.discard(told_of)
    for subject, digest in sorted(told):
        yield Finding("results_evidence", subject, _("已上传的证据不在库中：%s") % digest[:16])


@check(Level.REPLAY)
def imports_are_those_told() -> Findings:
    """Each finished import has the counts and the file's digest that were told of it."""
    told: dict[str, tuple[object, ...]] = {}
    for entry, f in told_fields("register.targets_imported"):
        told[entry.subject] = tuple(
            f[name] for name in ("file_sha256", "n_rows", "n_added", "n_updated", "n_quarantined")
        )
    for row in ImportBatch.objects.order_by("pk").iterator():
        kept = (row.file_sha256, row.n_rows, row.n_added, row.n_updated, row.n_quarantined)
        if subject_of(row) in told and told[subject_of(row)] != kept:
            yield Finding("registers_importbatch", row.public_id, _("导入登记与留痕不符"))
