"""The roles of the database (数据库角色): who serves can add, hardly change, and never rebuild."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from openlot.kernel.errors import Conflict
from openlot.trail.guards_postgresql import owns
from openlot.trail.protection import HIDDEN, KEPT, LOG, PUBLISHED, REDRAFTED, SECRETS, TOLD

APP, AUDITOR, PORTAL = "openlot_app", "openlot_auditor", "openlot_portal"
ROLES = (APP, AUDITOR, PORTAL)


def make_roles() -> None:
    """Make the three serving roles and set what each may do (建立数据库角色); again after a migration.

    raises    Conflict on SQLite, or when the connection does not own the tables
    """
    if connection.vendor != "postgresql" or not owns(connection):
        raise Conflict(_("请以数据表所有者的身份连接 PostgreSQL 后运行"))
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements(_tables()):
            cursor.execute(statement)


def statements(tables: dict[str, list[str]]) -> Iterator[str]:
    """Yield what sets the roles' rights (授权语句) on tables with their columns."""
    for role in ROLES:
        yield (
            f"DO $$ BEGIN CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;"
            " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
        yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}"
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}"
    for table, columns in tables.items():
        for act in _acts_of_app(table):
            yield f'GRANT {act} ON "{table}" TO {APP}'
        if table not in HIDDEN:
            hidden = SECRETS.get(table, ())
            shown = ", ".join(f'"{c}"' for c in columns if c not in hidden)
            yield f'GRANT SELECT ({shown}) ON "{table}" TO {AUDITOR}'
        if table in PUBLISHED or table in LOG:
            yield f'GRANT SELECT ON "{table}" TO {PORTAL}'


def _acts_of_app(table: str) -> list[str]:
    if table in ("django_migrations", "trail_touch"):
        return ["SELECT"]
    if table == "trail_pending":
        return ["SELECT", "DELETE"]
    acts = ["SELECT", "INSERT"]
    if table in KEPT:
        kept = KEPT[table]
        if kept.changing:
            acts.append("UPDATE (" + ", ".join(kept.changing) + ")")
        return [*acts, "DELETE"] if kept.shreds else acts
    acts.append("UPDATE")
    return [*acts, "DELETE"] if table not in TOLD or table in REDRAFTED else acts


def _tables() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)"
            " FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " GROUP BY table_name ORDER BY table_name"
        )
        return dict(cursor.fetchall())
