"""Where a row may stand and go: one table for the code, the database and the tests.

A room declares a :class:`Moves` beside its states; its migration hands the same table to
:func:`moves_guard`, so that the database refuses whatever the table lacks, whoever asks. What ends
once, without a state, is kept by :func:`once_set`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import migrations

MOVES_SQL = """
CREATE OR REPLACE FUNCTION probity_moves_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    RAISE EXCEPTION '{thing} cannot begin as %', NEW.{column}
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF ({pairs}) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '{thing} cannot go from % to %', OLD.{column}, NEW.{column}
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER moves_as_the_table BEFORE UPDATE ON {table} FOR EACH ROW
  WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})
  EXECUTE FUNCTION probity_moves_{table}();
"""
BEGINS_SQL = """
CREATE TRIGGER begins_as_the_table BEFORE INSERT ON {table} FOR EACH ROW
  WHEN (NEW.{column} NOT IN ({begins})) EXECUTE FUNCTION probity_moves_{table}();
"""
MOVES_BACK = """
DROP TRIGGER IF EXISTS moves_as_the_table ON {table};
DROP TRIGGER IF EXISTS begins_as_the_table ON {table};
DROP FUNCTION IF EXISTS probity_moves_{table}();
"""
ONCE_SQL = """
CREATE OR REPLACE FUNCTION probity_once_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % stays as it is', TG_ARGV[0], TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER once_{column} BEFORE UPDATE ON {table} FOR EACH ROW
  WHEN (OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})
  EXECUTE FUNCTION probity_once_set('{column}');
"""


@dataclass(frozen=True)
class Moves:
    """``thing`` says in words what moves ("an appeal"), ``begins`` in which states one is made,
    ``after`` to which states each state leads; every state is a key."""

    thing: str
    begins: Collection[str]
    after: Mapping[str, Collection[str]]

    @property
    def states(self) -> list[str]:
        """Every state, in the order of the table."""
        return [str(state) for state in self.after]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every move there is."""
        return [(str(was), str(then)) for was, to in self.after.items() for then in to]

    def allows(self, was: str, then: str) -> bool:
        """Whether there is such a move; staying is none."""
        return then in self.after[was]


def moves_guard(
    table: str, moves: Moves, *, column: str = "state", beginnings: bool = True
) -> migrations.RunSQL:
    """Refuse every change of ``column`` that the table of moves lacks, and every other beginning.

    Without ``beginnings`` a row may be made in any state, as where rows are carried over whole.
    Must come after the migration that makes the table.
    """
    begins = ", ".join(f"'{state}'" for state in sorted(moves.begins))
    filled = {
        "table": table, "column": column, "thing": moves.thing, "begins": begins,
        "pairs": moves_sql(moves, column=column),
    }  # fmt: skip
    sql = MOVES_SQL + (BEGINS_SQL if beginnings else "")
    return migrations.RunSQL(sql=sql.format(**filled), reverse_sql=MOVES_BACK.format(**filled))


def moves_sql(moves: Moves, *, column: str = "state") -> str:
    """A condition of a trigger: whether the change from OLD to NEW is a move of the table."""
    pairs = ", ".join(f"('{was}', '{then}')" for was, then in moves.pairs)
    return f"(OLD.{column}, NEW.{column}) IN ({pairs})"


def once_set(table: str, *columns: str) -> migrations.RunSQL:
    """Refuse to change or empty each of the columns, which are moments, once it is set."""
    return migrations.RunSQL(
        sql="".join(ONCE_SQL.format(table=table, column=column) for column in columns),
        reverse_sql="".join(
            f"DROP TRIGGER IF EXISTS once_{column} ON {table};\n" for column in columns
        ),
    )
