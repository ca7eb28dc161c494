"""Handing out papers that tell of persons (调取材料): each time is an event."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction

from openlot.documents.papers import Row
from openlot.kernel.actor import Actor
from openlot.paperwork.events import PackTaken
from openlot.paperwork.pack import archive, pack_files
from openlot.rights.access import department_code, require
from openlot.rights.perms import Perm
from openlot.tasks.models import InspectionTask
from openlot.trail.writer import record


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
