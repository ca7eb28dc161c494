"""Issuing the papers of a draw (制发文书), and handing out those that tell of persons (调取材料)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction

from openlot.documents.papers import Row
from openlot.draws.models import Amendment, Draw
from openlot.inspections import services as inspections
from openlot.inspections.models import Inspection
from openlot.kernel.actor import Actor
from openlot.paperwork.events import PackTaken
from openlot.paperwork.pack import archive, pack_files
from openlot.results.services import open_results
from openlot.rights.access import department_code, require
from openlot.rights.perms import Perm
from openlot.tasks.models import InspectionTask
from openlot.trail.writer import record


@transaction.atomic
def issue_papers(draw: Draw, *, actor: Actor) -> list[Inspection]:
    """Make the inspections of a draw with their expected results (制发检查文书): all, or none of them.

    raises    Denied, Conflict when the draw has no complete matching, or they are made already
    """
    made = inspections.prepare_inspections(draw, actor=actor)
    for inspection in made:
        open_results(inspection, actor=actor)
    return made


@transaction.atomic
def carry_out_amendment(amendment: Amendment, *, actor: Actor) -> Inspection | None:
    """Carry a replacement or a re-matching out (执行递补、改派), with the results that it makes due.

    raises    Denied, Conflict before the papers are made, or when an officer may not go there
    """
    made = inspections.carry_out_amendment(amendment, actor=actor)
    if made is not None and amendment.kind == Amendment.Kind.REPLACE:
        open_results(made, actor=actor)
    return made


@transaction.atomic
def take_pack(task: InspectionTask, chronicle: Sequence[Row], *, actor: Actor) -> bytes:
    """Hand out the due-diligence pack of a task (调取尽职材料包) as one archive.

    chronicle   what happened to the task and its draws, in words, oldest first
    raises      Denied
    law         JZF2020-9/3.2 细化追责免责办法
    """
    require(actor, Perm.PACK_TAKE, task)
    files = pack_files(task, chronicle, actor=actor)
    made = archive(files)
    fact = PackTaken(sha256=hashlib.sha256(made).hexdigest(), n_files=len(files))
    record(fact, actor=actor, subject=task, department=department_code(task))
    return made
