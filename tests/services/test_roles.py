"""PostgreSQL's roles: nobody who serves can rewrite the trail."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from logs import key
from races import scenes
from test_guards import run

from openlot.accounts.models import Department
from openlot.items.services import amend_item, draft_item
from openlot.kernel.actor import Role
from openlot.kernel.errors import Misconfigured
from openlot.ops.demo import city
from openlot.trail import guards
from openlot.trail.drift import drifts
from openlot.trail.models import Entry
from openlot.trail.protection import LOG, PUBLISHED
from openlot.trail.roles import APP, AUDITOR, PORTAL
from openlot.trail.sealing import seal_now

__all__ = ["key"]
pytestmark = pytest.mark.usefixtures("db", "today")
TABLES = {m._meta.db_table for m in apps.get_models()}
ATTACKS = (
    "UPDATE trail_entry SET kind = 'x'",
    "DELETE FROM trail_entry",
    "TRUNCATE trail_entry CASCADE",
    "INSERT INTO trail_entry SELECT * FROM trail_entry ON CONFLICT (id) DO UPDATE SET kind = 'x'",
    "MERGE INTO trail_entry t USING trail_entry s ON t.id = s.id WHEN MATCHED THEN DELETE",
    "ALTER TABLE trail_entry DISABLE TRIGGER guard_update",
    "ALTER TABLE trail_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER guard_update ON trail_entry",
    "ALTER TABLE trail_entry ADD COLUMN x int",
    "DROP TABLE trail_leaf",
    "CREATE TABLE public.x (a int)",
    "CREATE OR REPLACE FUNCTION public.guard_keep() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RETURN NEW; END $$",
    "SET session_replication_role = replica",
    "INSERT INTO trail_touch VALUES ('t', 'trail_entry', 'INSERT', now())",
    "INSERT INTO trail_pending SELECT id FROM trail_entry",
    "DELETE FROM accounts_user",
    "DELETE FROM draws_draw",
    "UPDATE publication_publicrecord SET title = 'x'",
)


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        run(statement)


def as_role(role: str) -> None:
    """Serve under a role until the test's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")


class TestTheRoles:
    """Who serves can add, hardly change, and never rebuild."""

    @pytest.fixture(autouse=True)
    def made(self, db):
        """Make the roles, twice as an upgrade does."""
        call_command("db_roles")
        call_command("db_roles")

    @pytest.mark.parametrize("role", [APP, AUDITOR, PORTAL])
    def test_every_attack_is_refused_to_every_role(self, role: str):
        """Rewriting, rebuilding, switching off and pretending: none of it is for who serves."""
        as_role(role)
        done = []
        for statement in ATTACKS:
            try:
                run(statement)
            except DatabaseError:
                continue
            done.append(statement)
        assert done == []

    def test_what_the_owner_can_do_is_seen_at_the_next_start(self):
        """The owner may take a guard down, and the platform then refuses to serve."""
        run("ALTER TABLE trail_entry DISABLE TRIGGER guard_delete")
        with pytest.raises(Misconfigured, match="trail_entry"):
            guards.require_guards(owner_refused=False)
        run("ALTER TABLE trail_entry ENABLE ALWAYS TRIGGER guard_delete")
        guards.require_guards(owner_refused=False)

    def test_the_owner_may_not_serve_and_the_roles_may(self):
        """A live platform refuses to run with the rights of the owner."""
        with pytest.raises(Misconfigured, match="db-roles"):
            guards.require_guards(owner_refused=True)
        for role in (APP, AUDITOR, PORTAL):
            as_role(role)
            guards.require_guards(owner_refused=True)
            run("RESET ROLE")

    def test_the_platform_works_with_what_the_app_may_do(self, key):
        """From a plan's draft to a published draw, placed and signed, under the serving role."""
        as_role(APP)
        scenes.papers_made()
        scenes.press_publish_draw(0)()
        scenes.press_publish(0)()
        scenes.import_again(0)()
        redraft()
        assert seal_now().size == Entry.objects.count()
        run("RESET ROLE")
        assert drifts() == []

    def test_the_auditor_reads_everything_but_secrets(self):
        """Not the words by which people sign in."""
        as_role(AUDITOR)
        assert Entry.objects.count() > 1_000
        run("SELECT username FROM accounts_user")
        refused("SELECT password FROM accounts_user")
        refused("SELECT * FROM django_session")

    def test_the_portal_reads_what_is_public(self):
        """Published records and the four tables of the log, nothing else."""
        as_role(PORTAL)
        for table in (*PUBLISHED, *LOG):
            run(f"SELECT * FROM {table} LIMIT 1")
        for table in TABLES - {*PUBLISHED, *LOG}:
            refused(f"SELECT * FROM {table} LIMIT 1")


def redraft() -> None:
    """Let what a draft is made of give way: its questions and participants."""
    head, row = city.ITEMS[0].owner, city.ITEMS[0]
    clerk, owner = city.as_role(head, Role.ENTRY_CLERK), Department.objects.get(code=head)
    question = {"content": "a", "how": "b", "standard": "c", "problem_text": "d"}
    with_all = {
        "participants": list(Department.objects.filter(enforces=True).exclude(code=head)[:2]),
        "questions": [question],
    }
    fields = city._item_fields(row, owner)
    item = draft_item(code="NEW-1", department=owner, actor=clerk, **with_all, **fields)
    with_all["participants"].pop()
    amend_item(item, actor=clerk, at_revision=item.revision, **with_all)
    assert (item.questions.count(), item.participations.count()) == (1, 1)
