"""The database itself keeps the three administrators apart from each other and from business roles."""

from typing import Any

from django.db import migrations, models

THREE = "('platform_admin', 'security_admin', 'audit_admin')"
OTHER = f"""SELECT 1 FROM accounts_grant AS held
    WHERE held.user_id = NEW.user_id AND held.revoked_at IS NULL AND held.id <> COALESCE(NEW.id, 0)
      AND held.role <> NEW.role AND (held.role IN {THREE} OR NEW.role IN {THREE})"""
REFUSAL = "an administrator holds no other role"

SQLITE = [
    f"""CREATE TRIGGER accounts_grant_seat_{name} BEFORE {act} ON accounts_grant
        WHEN NEW.revoked_at IS NULL AND EXISTS ({OTHER})
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"""
    for name, act in (("given", "INSERT"), ("changed", "UPDATE"))
]
SQLITE_UNDO = ["DROP TRIGGER accounts_grant_seat_given", "DROP TRIGGER accounts_grant_seat_changed"]
# Two grants to one person at once: the second waits for the person's row, then sees the first.
POSTGRESQL = [
    f"""CREATE FUNCTION accounts_one_seat() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.revoked_at IS NULL THEN
            PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
            IF EXISTS ({OTHER}) THEN
                RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER accounts_grant_seat BEFORE INSERT OR UPDATE ON accounts_grant
       FOR EACH ROW EXECUTE FUNCTION accounts_one_seat()""",
    "ALTER TABLE accounts_grant ENABLE ALWAYS TRIGGER accounts_grant_seat",
]
POSTGRESQL_UNDO = [
    "DROP TRIGGER accounts_grant_seat ON accounts_grant",
    "DROP FUNCTION accounts_one_seat()",
]


def forwards(_apps: Any, schema: Any) -> None:
    """Install the guard of this database."""
    for statement in SQLITE if schema.connection.vendor == "sqlite" else POSTGRESQL:
        schema.execute(statement)


def backwards(_apps: Any, schema: Any) -> None:
    """Remove the guard again."""
    for statement in SQLITE_UNDO if schema.connection.vendor == "sqlite" else POSTGRESQL_UNDO:
        schema.execute(statement)


class Migration(migrations.Migration):
    """Handles are unique; an administrator holds one seat."""

    dependencies = [("accounts", "0004_handles")]
    operations = [
        migrations.AlterField(
            model_name="user",
            name="handle",
            field=models.CharField(max_length=40, unique=True),
        ),
        migrations.RunPython(forwards, backwards),
    ]
