"""Who does something: a person in a role, a job of the platform, or the public."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """A duty (角色) that a grant gives to a user, as the order and its practice name it."""

    CONFERENCE_OFFICE = "conference_office"
    PLATFORM_ADMIN = "platform_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    DEPARTMENT_HEAD = "department_head"
    ACCOUNT_CLERK = "account_clerk"
    ENTRY_CLERK = "entry_clerk"
    PUBLICATION_CLERK = "publication_clerk"
    TASK_CLERK = "task_clerk"
    INSPECTOR = "inspector"
    GROUP_LEADER = "group_leader"
    EXPERT = "expert"
    REVIEWER = "reviewer"
    LEGAL_REVIEWER = "legal_reviewer"
    SUPERVISOR = "supervisor"
    GOVERNMENT = "government"
    AUDITOR = "auditor"
    SUPERIOR = "superior"

    @property
    def label(self) -> str | Promise:
        """The Chinese name of the role (角色名称)."""
        return ROLE_NAMES[self]


ROLE_NAMES: dict[Role, str | Promise] = {
    Role.CONFERENCE_OFFICE: _("联席会议办公室"),
    Role.PLATFORM_ADMIN: _("平台管理员"),
    Role.SECURITY_ADMIN: _("安全管理员"),
    Role.AUDIT_ADMIN: _("审计管理员"),
    Role.DEPARTMENT_HEAD: _("部门负责人"),
    Role.ACCOUNT_CLERK: _("账号管理专人"),
    Role.ENTRY_CLERK: _("数据录入专人"),
    Role.PUBLICATION_CLERK: _("信息公示专人"),
    Role.TASK_CLERK: _("抽查经办人"),
    Role.INSPECTOR: _("执法检查人员"),
    Role.GROUP_LEADER: _("检查组组长"),
    Role.EXPERT: _("专家"),
    Role.REVIEWER: _("审核人"),
    Role.LEGAL_REVIEWER: _("法制审核人"),
    Role.SUPERVISOR: _("司法行政监督"),
    Role.GOVERNMENT: _("市政府"),
    Role.AUDITOR: _("审计监督"),
    Role.SUPERIOR: _("上级主管部门"),
}


THREE_ADMINISTRATORS = frozenset({Role.PLATFORM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts (操作主体), as services, rights and the trail see it.

    branch_ids  the departments below the person's own, at any depth
    field_id    the regulatory field of the person's department
    emergency    reads everything for a limited time and changes nothing (应急查看)
    """

    ref: str
    name: str
    user_id: int | None = None
    department_id: int | None = None
    department_code: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    branch_ids: frozenset[int] = field(default_factory=frozenset)
    field_id: int | None = None
    emergency: bool = False

    @classmethod
    def system(cls, job: str) -> Actor:
        """Return the platform itself (系统) doing ``job``; it may do what a job needs."""
        return cls(ref=f"system:{job}", name="system")

    @property
    def department_key(self) -> int:
        """The key of the person's department (所属部门); 0, which no row has, for one of none."""
        return self.department_id or 0

    @property
    def unit_ids(self) -> frozenset[int]:
        """The keys of the person's department and its branches (本部门及派出机构)."""
        return self.branch_ids | {self.department_key}

    @property
    def user_key(self) -> int:
        """The key of the person's account (账号); 0, which no row has, for a job."""
        return self.user_id or 0

    @property
    def is_system(self) -> bool:
        """Whether a job of the platform acts, not a person."""
        return self.ref.startswith("system:")
