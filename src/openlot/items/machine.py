"""The life of an item (抽查事项), rule-book 5.1."""

from openlot.items import events as e
from openlot.items.models import ItemState as S
from openlot.lifecycle.arrows import Machine, arrow
from openlot.rights.perms import Perm

ITEM = Machine(
    "items.InspectionItem",
    states=S,
    arrows=(
        arrow("draft", (), S.DRAFT, Perm.ITEM_DRAFT, e.ItemDrafted, law="JZF2020-9/2.2.1"),
        arrow("amend", (S.DRAFT,), None, Perm.ITEM_DRAFT, e.ItemAmended, law="JZF2020-9/2.2.1"),
        arrow(
            "submit",
            (S.DRAFT,),
            S.SUBMITTED,
            Perm.ITEM_DRAFT,
            e.ItemSubmitted,
            law="JZF2020-9/2.2.1",
        ),
        arrow(
            "confirm",
            (S.SUBMITTED,),
            None,
            Perm.ITEM_CONFIRM,
            e.ItemConfirmed,
            law="JZF2020-9/2.2.1",
        ),
        arrow(
            "approve",
            (S.SUBMITTED,),
            S.APPROVED,
            Perm.ITEM_APPROVE,
            e.ItemApproved,
            law="JZF2020-9/2.2.1",
        ),
        arrow(
            "send_back",
            (S.SUBMITTED,),
            S.DRAFT,
            Perm.ITEM_APPROVE,
            e.ItemReturned,
            law="JZF2020-9/2.2.1",
        ),
        arrow("file", (S.APPROVED,), S.FILED, Perm.ITEM_FILE, e.ItemFiled, law="JZF2020-9/2.2.1"),
        arrow(
            "publish",
            (S.FILED,),
            S.EFFECTIVE,
            Perm.ITEM_PUBLISH,
            e.ItemPublished,
            law="JZF2020-9/2.2.1",
        ),
        arrow(
            "supersede",
            (S.EFFECTIVE,),
            S.SUPERSEDED,
            Perm.ITEM_PUBLISH,
            e.ItemSuperseded,
            law="JZF2020-9/2.2.1",
        ),
        arrow(
            "suspend",
            (S.EFFECTIVE,),
            S.SUSPENDED,
            Perm.ITEM_APPROVE,
            e.ItemSuspended,
            law="JZF2020-9/2.2.1",
        ),
        arrow(
            "repeal",
            (S.EFFECTIVE, S.SUSPENDED),
            S.REPEALED,
            Perm.ITEM_APPROVE,
            e.ItemRepealed,
            law="JZF2020-9/2.2.1",
        ),
    ),
)
