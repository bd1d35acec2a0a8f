"""Migration operations that let the database itself refuse changes to a recorded row.

The triggers bind every role but the table's owner acting on the schema; the application's role
cannot drop them, and `database_roles` also takes its UPDATE and DELETE rights away.
"""

from __future__ import annotations

from django.db import migrations

REFUSE_SQL = """
CREATE OR REPLACE FUNCTION probity_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

ROW_TRIGGER = "append_only_row"
TABLE_TRIGGER = "append_only_table"


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on a table."""
    return migrations.RunSQL(
        sql=f"""
        {REFUSE_SQL}
        CREATE TRIGGER {ROW_TRIGGER} BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
        CREATE TRIGGER {TABLE_TRIGGER} BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
        """,
        reverse_sql=f"""
        DROP TRIGGER IF EXISTS {ROW_TRIGGER} ON {table};
        DROP TRIGGER IF EXISTS {TABLE_TRIGGER} ON {table};
        """,
    )


def fixed_columns(table: str, *columns: str) -> migrations.RunSQL:
    """Refuse DELETE, TRUNCATE, and any UPDATE that touches the named columns."""
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)
    return migrations.RunSQL(
        sql=f"""
        {REFUSE_SQL}
        CREATE TRIGGER fixed_columns_update BEFORE UPDATE ON {table}
          FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION probity_refuse_change();
        CREATE TRIGGER fixed_columns_delete BEFORE DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
        CREATE TRIGGER {TABLE_TRIGGER} BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
        """,
        reverse_sql=f"""
        DROP TRIGGER IF EXISTS fixed_columns_update ON {table};
        DROP TRIGGER IF EXISTS fixed_columns_delete ON {table};
        DROP TRIGGER IF EXISTS {TABLE_TRIGGER} ON {table};
        """,
    )
