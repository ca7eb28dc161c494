"""Open a fresh platform (初始化): print two links for the first sign-in, once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse

from openlot.signin.services.bootstrapping import Home, Person, bootstrap


class Command(BaseCommand):
    """Makes the system administrator and the security administrator, two different people."""

    help = "Make the first two administrators and print their links for the first sign-in, once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the bureau that keeps the platform, and two persons."""
        parser.add_argument("--department", required=True, metavar="CODE", help="e.g. SCJG")
        parser.add_argument("--department-name", required=True, metavar="NAME")
        parser.add_argument("--uscc", required=True, help="credit code of the bureau")
        for who in ("system", "security"):
            parser.add_argument(
                f"--{who}",
                required=True,
                nargs=2,
                metavar=("ACCOUNT", "NAME"),
                help=f"the {who} administrator",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per person: role, account, link."""
        home = Home(options["department"], options["department_name"], options["uscc"])
        links = bootstrap(home, (Person(*options["system"]), Person(*options["security"])))
        for link in links:
            address = settings.BASE_URL + reverse("welcome", kwargs={"token": link.token})
            self.stdout.write(f"{link.role.label}\t{link.username}\t{address}")
