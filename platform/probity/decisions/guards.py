"""What the database itself refuses about decisions, whoever asks.

* A decision moves from state to state as ``models.DECISION_MOVES`` says, and begins as ``held``
  when a second person has to agree, else as ``waiting``.
* Nothing takes effect before its undo window is over, nor without the second person it needs.
* The second person answers once, while the decision is held, and is not who decided.
* A measure runs only while its decision has taken effect, and ends once.
"""

from __future__ import annotations

from django.db import migrations

from probity.core.moves import moves_sql

from .models import DECISION_MOVES

STANDING_SQL = """
CREATE OR REPLACE FUNCTION probity_standing_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  taken decisions_decision%ROWTYPE;
  agreed boolean;
  needed boolean;
BEGIN
  SELECT * INTO taken FROM decisions_decision WHERE id = NEW.decision_id;
  SELECT given INTO agreed FROM decisions_approval WHERE decision_id = NEW.decision_id;
  needed := jsonb_array_length(taken.second_person) > 0;
  IF NEW.case_id <> taken.case_id THEN
    RAISE EXCEPTION 'a decision stands in its own case'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> (CASE WHEN needed THEN 'held' ELSE 'waiting' END) THEN
      RAISE EXCEPTION 'a decision begins as held when it needs a second person, else as waiting'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.decision_id <> OLD.decision_id OR NEW.case_id <> OLD.case_id THEN
    RAISE EXCEPTION 'a standing keeps its decision'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT (MOVES) THEN
    RAISE EXCEPTION 'a decision that is % cannot become %', OLD.state, NEW.state
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state IN ('waiting', 'effective') AND needed AND agreed IS NOT TRUE THEN
    RAISE EXCEPTION 'this decision needs a second person who agrees'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'refused' AND agreed IS NOT FALSE THEN
    RAISE EXCEPTION 'only a second person refuses a decision'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'effective' AND NEW.effective_at < OLD.effective_after THEN
    RAISE EXCEPTION 'a decision takes effect once its undo window is over'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.state <> 'held' AND NEW.effective_after IS DISTINCT FROM OLD.effective_after
     OR OLD.effective_at IS NOT NULL AND NEW.effective_at IS DISTINCT FROM OLD.effective_at THEN
    RAISE EXCEPTION 'the moments of a decision stay as they are'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION probity_standing_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM decisions_standing s JOIN decisions_decision d ON d.id = s.decision_id
     WHERE d.supersedes_id = NEW.decision_id AND s.state IN ('effective', 'superseded')
  ) THEN
    RAISE EXCEPTION 'only a decision that takes effect supersedes another'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER standing_replaced AFTER UPDATE ON decisions_standing
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'superseded')
  EXECUTE FUNCTION probity_standing_replaced();
CREATE TRIGGER standing_moves BEFORE INSERT OR UPDATE ON decisions_standing
  FOR EACH ROW EXECUTE FUNCTION probity_standing_moves();
CREATE TRIGGER standing_stays BEFORE DELETE ON decisions_standing
  FOR EACH ROW EXECUTE FUNCTION probity_refuse_change();
CREATE TRIGGER standing_stays_all BEFORE TRUNCATE ON decisions_standing
  FOR EACH STATEMENT EXECUTE FUNCTION probity_refuse_change();
"""

APPROVAL_SQL = """
CREATE OR REPLACE FUNCTION probity_approval_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  taken decisions_decision%ROWTYPE;
  stands text;
BEGIN
  SELECT * INTO taken FROM decisions_decision WHERE id = NEW.decision_id;
  SELECT state INTO stands FROM decisions_standing WHERE decision_id = NEW.decision_id;
  IF NEW.decider_id <> taken.person_id OR NEW.person_id = taken.person_id THEN
    RAISE EXCEPTION 'who decided cannot be the second person'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF stands IS DISTINCT FROM 'held' THEN
    RAISE EXCEPTION 'this decision waits for nobody'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_by_another BEFORE INSERT ON decisions_approval
  FOR EACH ROW EXECUTE FUNCTION probity_approval_by_another();
"""

MEASURE_SQL = """
CREATE OR REPLACE FUNCTION probity_measure_runs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stands text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.starts_at IS NOT NULL OR NEW.over_at IS NOT NULL THEN
      RAISE EXCEPTION 'a measure starts when its decision takes effect'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  SELECT state INTO stands FROM decisions_standing WHERE decision_id = NEW.decision_id;
  IF OLD.starts_at IS NULL AND NEW.starts_at IS NOT NULL AND stands IS DISTINCT FROM 'effective'
  THEN
    RAISE EXCEPTION 'a measure starts when its decision takes effect'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.starts_at IS NOT NULL AND (NEW.starts_at IS DISTINCT FROM OLD.starts_at
       OR NEW.ends_at IS DISTINCT FROM OLD.ends_at
       OR NEW.reference IS DISTINCT FROM OLD.reference
       OR NEW.continues_id IS DISTINCT FROM OLD.continues_id)
     OR OLD.over_at IS NOT NULL AND (NEW.over_at IS DISTINCT FROM OLD.over_at
       OR NEW.over_why IS DISTINCT FROM OLD.over_why) THEN
    RAISE EXCEPTION 'a measure keeps its moments'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER measure_runs BEFORE INSERT OR UPDATE ON decisions_measure
  FOR EACH ROW EXECUTE FUNCTION probity_measure_runs();
"""


def standing_guard() -> migrations.RunSQL:
    """States move as the table allows, and nothing takes effect before its time or unseen."""
    sql = STANDING_SQL.replace("MOVES", moves_sql(DECISION_MOVES))
    return migrations.RunSQL(sql=sql, reverse_sql="")


def approval_guard() -> migrations.RunSQL:
    """The second person is another, and answers while the decision waits."""
    return migrations.RunSQL(sql=APPROVAL_SQL, reverse_sql="")


def measure_guard() -> migrations.RunSQL:
    """A measure runs only while its decision has taken effect, and ends once."""
    return migrations.RunSQL(sql=MEASURE_SQL, reverse_sql="")
