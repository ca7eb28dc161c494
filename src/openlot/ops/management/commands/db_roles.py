"""Make the roles that the platform serves with (建立数据库角色)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from openlot.kernel.marks import listed
from openlot.trail.roles import ROLES, make_roles


class Command(BaseCommand):
    """Run by the owner of the tables, after each migration."""

    help = "Make the serving roles of PostgreSQL and set what each may do."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the roles and name them."""
        make_roles()
        self.stdout.write(_("数据库角色已就绪：%(roles)s") % {"roles": listed(ROLES)})
