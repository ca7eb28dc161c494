"""Level 2 (重放): who has which role, where, under which name, as the trail tells it."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from openlot.accounts.models import Grant, User
from openlot.ops.fsck.findings import Finding, Findings, Level, check
from openlot.ops.fsck.replay import told_fields


@check(Level.REPLAY)
def roles_are_those_that_were_given() -> Findings:
    """Each grant was told, and each that was told stands until it was told to end."""
    live: Counter[tuple[str, str]] = Counter()
    for entry, fields in told_fields("account.role_granted", "account.role_revoked"):
        if not str(fields["role"]).startswith("duty:"):
            given = 1 if entry.kind == "account.role_granted" else -1
            live[entry.subject.partition(":")[2], fields["role"]] += given
    kept = Counter(
        Grant.objects.filter(revoked_at=None).values_list("user__public_id", "role").iterator()
    )
    for who, role in sorted(set(live) | set(kept)):
        if kept[who, role] > live[who, role]:
            yield Finding("accounts_grant", who, _("角色 %s 没有授权留痕") % role)
        elif kept[who, role] < live[who, role]:
            yield Finding("accounts_grant", who, _("角色 %s 已授予，却不在库中或已终止") % role)


@check(Level.REPLAY)
def accounts_are_where_they_were_put() -> Findings:
    """Department, sign-in name and closing of each account follow from its events."""
    homes: dict[str, str] = {}
    handles: dict[str, str] = {}
    active: dict[str, bool] = {}
    kinds = ("opened", "moved", "renamed", "closed", "locked", "reopened")
    for entry, fields in told_fields(*(f"account.{kind}" for kind in kinds)):
        who, kind = entry.subject.partition(":")[2], entry.kind.removeprefix("account.")
        if kind == "opened":
            homes[who], handles[who], active[who] = fields["department"], fields["username"], True
        elif kind == "moved":
            homes[who] = fields["department_after"]
        elif kind == "renamed":
            handles[who] = fields["username_after"]
        else:
            active[who] = kind == "reopened"
    rows = User.objects.values_list("public_id", "department__code", "username", "is_active")
    for who, home, username, is_active in rows.iterator():
        if who not in homes:
            yield Finding("accounts_user", who, _("没有开通留痕"))
            continue
        for what, kept, told in (
            (_("所属部门"), home, homes.pop(who)),
            (_("账号"), username, handles[who]),
            (_("是否可登录"), is_active, active[who]),
        ):
            if kept != told:
                words = _("%(what)s为 %(kept)s，按留痕应为 %(told)s")
                told_of = {"what": what, "kept": kept, "told": told}
                yield Finding("accounts_user", who, words % told_of)
    for who in homes:
        yield Finding("accounts_user", who, _("有开通留痕而无此账号：行被删除"))
