"""What the database itself refuses about quality, whoever asks.

* Nobody decides, or approves a decision of, a copy of a case that they decided or approved, nor of
  a golden case that they marked.
* A copy is answered once, by whoever took its decision.
* A ruling names the two who decided.
"""

from __future__ import annotations

from django.db import migrations

BLIND_SQL = """
CREATE OR REPLACE FUNCTION probity_trial_stranger(asked uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM quality_trial t WHERE t.case_id = asked AND (
      t.decider_id = who
      OR EXISTS (SELECT 1 FROM decisions_decision d
                  WHERE d.case_id = t.source_id AND d.person_id = who)
      OR EXISTS (SELECT 1 FROM decisions_approval a JOIN decisions_decision d
                    ON d.id = a.decision_id
                  WHERE d.case_id = t.source_id AND a.person_id = who)
      OR EXISTS (SELECT 1 FROM quality_golden g WHERE g.id = t.golden_id AND g.person_id = who)))
$$;
CREATE OR REPLACE FUNCTION probity_trial_blind() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked uuid;
BEGIN
  IF TG_TABLE_NAME = 'decisions_decision' THEN
    asked := NEW.case_id;
  ELSE
    SELECT case_id INTO asked FROM decisions_decision WHERE id = NEW.decision_id;
  END IF;
  IF NOT probity_trial_stranger(asked, NEW.person_id) THEN
    RAISE EXCEPTION 'nobody reviews a case of their own'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER trial_blind BEFORE INSERT ON decisions_decision
  FOR EACH ROW EXECUTE FUNCTION probity_trial_blind();
CREATE TRIGGER trial_blind BEFORE INSERT ON decisions_approval
  FOR EACH ROW EXECUTE FUNCTION probity_trial_blind();
"""
BLIND_BACK = """
DROP TRIGGER IF EXISTS trial_blind ON decisions_decision;
DROP TRIGGER IF EXISTS trial_blind ON decisions_approval;
"""

ANSWER_SQL = """
CREATE OR REPLACE FUNCTION probity_trial_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.answered_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'a copy is answered once'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.decision_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM decisions_decision d
     WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id AND d.person_id = NEW.person_id
  ) THEN
    RAISE EXCEPTION 'a copy is answered by a decision of its own'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER trial_answer BEFORE UPDATE ON quality_trial
  FOR EACH ROW EXECUTE FUNCTION probity_trial_answer();
CREATE OR REPLACE FUNCTION probity_trial_ruling() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  about quality_trial%ROWTYPE;
BEGIN
  SELECT * INTO about FROM quality_trial WHERE id = NEW.trial_id;
  IF about.agrees IS NOT FALSE OR about.kind <> 'second'
     OR NEW.first_id <> about.decider_id OR NEW.second_id <> about.person_id THEN
    RAISE EXCEPTION 'a ruling is about two decisions that differ and names who took them'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER trial_ruling BEFORE INSERT ON quality_ruling
  FOR EACH ROW EXECUTE FUNCTION probity_trial_ruling();
"""


def blind() -> migrations.RunSQL:
    """Nobody reviews a case of their own."""
    return migrations.RunSQL(sql=BLIND_SQL, reverse_sql=BLIND_BACK)


def answered_once() -> migrations.RunSQL:
    """Answers and rulings stand, and are whose they say."""
    return migrations.RunSQL(sql=ANSWER_SQL, reverse_sql="")
