"""Adopting policy numbers."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Invalid
from openlot.policies.events import PolicyAdopted
from openlot.policies.models import Policy
from openlot.policies.shapes import check_shape
from openlot.rights.access import require
from openlot.rights.perms import Perm
from openlot.trail.events import canonical
from openlot.trail.writer import record


@transaction.atomic
def adopt_policy(
    *, kind: str, key: str, body: Any, source: str, effective_on: date, actor: Actor
) -> Policy:
    """Adopt a new version of a policy (发布政策参数); what was in force stays on record.

    raises    Invalid without a legal source, Denied
    """
    if not source.strip():
        raise Invalid(fields={"source": _("请填写依据文件及条款")})
    try:
        check_shape(kind, key, body)
    except ValueError as fault:
        text = _("内容格式不对：%(fault)s") % {"fault": fault}
        raise Invalid(fields={"body": text}) from fault
    latest = Policy.objects.filter(kind=kind, key=key).aggregate(top=Max("version"))["top"] or 0
    adopted = Policy.objects.create(
        kind=kind,
        key=key,
        version=latest + 1,
        body=body,
        source=source,
        effective_on=effective_on,
        adopted_at=clock.now(),
        adopted_by_ref=actor.ref,
    )
    require(actor, Perm.POLICY_ADOPT, adopted)
    fact = PolicyAdopted(
        policy=kind,
        key=key,
        version=adopted.version,
        source=source,
        body_sha256=hashlib.sha256(canonical(body)).hexdigest(),
    )
    record(fact, actor=actor, subject=adopted)
    return adopted
