"""Which tables the database itself protects (受保护的表): one list for triggers, checks and tests.

Names are those of tables, so that the public site, which knows few models, checks them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """An insert-only table (只增表).

    changing   columns that may change all the same
    shreds     condition on a row under which it may be deleted
    """

    changing: tuple[str, ...] = ()
    shreds: str = ""


KEPT: Mapping[str, Kept] = {
    "trail_entry": Kept(),
    "trail_privatepart": Kept(shreds="OLD.kind = 'personal'"),
    "trail_leaf": Kept(),
    "trail_tile": Kept(),
    "trail_checkpoint": Kept(),
    "trail_cosignature": Kept(),
    "trail_touch": Kept(),
    "policies_policy": Kept(),
    "draws_evidencefile": Kept(),
    "draws_attestation": Kept(),
    "inspections_visit": Kept(),
    "inspections_servicereceipt": Kept(),
    "results_officersignature": Kept(),
    "publication_publicrecord": Kept(changing=("is_current",)),
    "publication_publicfile": Kept(),
    "publication_sealedreceipt": Kept(),
    "publication_openedevent": Kept(),
}

# Tables of which every change needs an event in its transaction, with the columns that do not count.
TOLD: Mapping[str, tuple[str, ...]] = {
    "trail_privatepart": (),
    "accounts_department": (),
    "accounts_user": ("last_login", "language"),
    "accounts_grant": (),
    "accounts_duty": (),
    "accounts_accountrequest": (),
    "policies_policy": (),
    "signin_factorreset": (),
    "signin_emergencyview": (),
    "items_inspectionitem": (),
    "items_itemparticipation": (),
    "items_checkquestion": (),
    "registers_inspectiontarget": (),
    "registers_importbatch": (),
    "registers_inspector": (),
    "registers_leave": (),
    "registers_recusal": (),
    "plans_annualplan": (),
    "plans_planline": (),
    "plans_planratio": (),
    "plans_overlapanswer": (),
    "tasks_inspectiontask": (),
    "tasks_taskitem": (),
    "tasks_participation": (),
    "tasks_rostermember": (),
    "tasks_listedtarget": (),
    "draws_draw": (),
    "draws_drawframe": (),
    "draws_drawstratum": (),
    "draws_drawexclusion": (),
    "draws_evidencefile": (),
    "draws_seedsource": (),
    "draws_drawntarget": (),
    "draws_matchedofficer": (),
    "draws_amendment": (),
    "draws_extension": (),
    "draws_anchor": (),
    "draws_attestation": (),
    "drawing_days_drawingday": (),
    "drawing_days_dayparty": (),
    "inspections_inspection": (),
    "inspections_assignment": (),
    "inspections_visit": (),
    "inspections_servicereceipt": (),
    "results_inspectionresult": (),
    "results_itemresult": (),
    "results_answer": (),
    "results_evidence": (),
    "results_officersignature": (),
    "results_followup": (),
    "publication_publicrecord": (),
    "publication_publicfile": (),
    "publication_sealedreceipt": (),
    "publication_openedevent": (),
}

# An added private part breaks its entry's commitment, which the nightly check compares.
BOUND = frozenset({"trail_privatepart"})


def told_acts(table: str) -> tuple[str, ...]:
    """Return which acts on the rows of a told table need an event (须留痕的操作)."""
    return ("UPDATE", "DELETE") if table in BOUND else ("INSERT", "UPDATE", "DELETE")


LOG = ("trail_leaf", "trail_tile", "trail_checkpoint", "trail_cosignature")

# Told tables whose rows give way to others while a draft is being worked on.
REDRAFTED = (
    "items_itemparticipation",
    "items_checkquestion",
    "plans_planratio",
    "tasks_rostermember",
)
PUBLISHED = (
    "publication_publicrecord",
    "publication_publicfile",
    "publication_sealedreceipt",
    "publication_openedevent",
)
# What nobody needs to see who only reads: what lets people sign in.
SECRETS: Mapping[str, tuple[str, ...]] = {"accounts_user": ("password",)}
HIDDEN = (
    "django_session",
    "accounts_usersession",
    "mfa_authenticator",
    "signin_passwordrecord",
    "signin_invitation",
)
