"""Keeping the two registers alive: files, single entries, certificates, leave, recusal."""

from openlot.registers.services.importing import (
    ImportCount,
    finish_import,
    import_targets,
    refuse_import,
    require_import,
    stage_import,
    take_rows,
)
from openlot.registers.services.keeping import (
    add_inspector,
    add_target,
    declare_recusal,
    enter_leave,
    lapse_certificate,
    lapse_expired,
    move_inspector_out,
)
from openlot.registers.services.leaving import move_leavers_out
from openlot.registers.services.placing import state_for

__all__ = [
    "ImportCount",
    "add_inspector",
    "add_target",
    "declare_recusal",
    "enter_leave",
    "finish_import",
    "import_targets",
    "lapse_certificate",
    "lapse_expired",
    "move_inspector_out",
    "move_leavers_out",
    "refuse_import",
    "require_import",
    "stage_import",
    "state_for",
    "take_rows",
]
