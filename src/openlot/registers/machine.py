"""The lives of targets and inspectors (两库), rule-book 5.2 and 5.3."""

from openlot.lifecycle.arrows import Machine, arrow
from openlot.registers import events as e
from openlot.registers.models import InspectorState as I
from openlot.registers.models import TargetState as T
from openlot.rights.perms import Perm

LAW = "JZF2020-9/2.2.2"

TARGET = Machine(
    "registers.InspectionTarget",
    states=T,
    arrows=(
        arrow("add", (), T.ACTIVE, Perm.TARGET_EDIT, e.TargetAdded, law=LAW),
        arrow("take_in", (), T.ACTIVE, Perm.TARGET_EDIT, e.TargetTakenIn, law=LAW),
        arrow("take_in_dormant", (), T.DORMANT, Perm.TARGET_EDIT, e.TargetTakenIn, law=LAW),
        arrow("take_in_gone", (), T.MOVED_OUT, Perm.TARGET_EDIT, e.TargetTakenIn, law=LAW),
        arrow("change_by_file", tuple(T), None, Perm.TARGET_EDIT, e.TargetChanged, law=LAW),
        arrow(
            "move_out",
            (T.ACTIVE, T.DORMANT),
            T.MOVED_OUT,
            Perm.TARGET_EDIT,
            e.TargetMovedOut,
            law=LAW,
        ),
        arrow(
            "rest", (T.ACTIVE, T.MOVED_OUT), T.DORMANT, Perm.TARGET_EDIT, e.TargetRested, law=LAW
        ),
        arrow(
            "return_to_register",
            (T.MOVED_OUT, T.DORMANT),
            T.ACTIVE,
            Perm.TARGET_EDIT,
            e.TargetReturned,
            law=LAW,
        ),
    ),
)

INSPECTOR = Machine(
    "registers.Inspector",
    states=I,
    arrows=(
        arrow("add_inspector", (), I.ACTIVE, Perm.INSPECTOR_EDIT, e.InspectorAdded, law=LAW),
        arrow("add_assistant", (), I.ASSIST_ONLY, Perm.INSPECTOR_EDIT, e.InspectorAdded, law=LAW),
        arrow(
            "lapse",
            (I.ACTIVE,),
            I.CERTIFICATE_INVALID,
            Perm.INSPECTOR_EDIT,
            e.CertificateLapsed,
            law=LAW,
        ),
        arrow(
            "move_out",
            (I.ACTIVE, I.ASSIST_ONLY, I.CERTIFICATE_INVALID),
            I.MOVED_OUT,
            Perm.INSPECTOR_EDIT,
            e.InspectorMovedOut,
            law=LAW,
        ),
    ),
)
