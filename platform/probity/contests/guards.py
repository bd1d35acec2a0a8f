"""What the database itself refuses about contests, whoever asks.

* Nobody who decided or approved a contested decision takes its appeal, rules on it, or is the
  second person for the decision that follows.
* A suspension follows a warning of the same party.
"""

from __future__ import annotations

from django.db import migrations

OTHERS_SQL = """
CREATE OR REPLACE FUNCTION probity_contest_stranger(contested uuid, who uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
       SELECT 1 FROM decisions_decision d WHERE d.id = contested AND d.person_id = who)
     AND NOT EXISTS (
       SELECT 1 FROM decisions_approval a WHERE a.decision_id = contested AND a.person_id = who)
$$;
CREATE OR REPLACE FUNCTION probity_appeal_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  contested uuid;
  first uuid;
BEGIN
  IF TG_TABLE_NAME = 'contests_appeal' THEN
    contested := NEW.decision_id;
  ELSE
    SELECT decision_id INTO contested FROM contests_appeal WHERE id = NEW.appeal_id;
    SELECT person_id INTO first FROM decisions_decision WHERE id = contested;
    IF NEW.decider_id <> first THEN
      RAISE EXCEPTION 'a ruling names who took the contested decision'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  IF NEW.person_id IS NOT NULL AND NOT probity_contest_stranger(contested, NEW.person_id) THEN
    RAISE EXCEPTION 'who decided or approved a decision does not judge the appeal against it'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER appeal_by_another BEFORE INSERT OR UPDATE ON contests_appeal
  FOR EACH ROW EXECUTE FUNCTION probity_appeal_by_another();
CREATE TRIGGER ruling_by_another BEFORE INSERT ON contests_appeal_ruling
  FOR EACH ROW EXECUTE FUNCTION probity_appeal_by_another();

CREATE OR REPLACE FUNCTION probity_approval_on_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  contested uuid;
BEGIN
  SELECT a.decision_id INTO contested FROM contests_appeal_ruling r
    JOIN contests_appeal a ON a.id = r.appeal_id WHERE r.decision_id = NEW.decision_id;
  IF contested IS NOT NULL AND NOT probity_contest_stranger(contested, NEW.person_id) THEN
    RAISE EXCEPTION 'who decided or approved a decision is not the second person on its appeal'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_on_appeal BEFORE INSERT ON decisions_approval
  FOR EACH ROW EXECUTE FUNCTION probity_approval_on_appeal();
"""
OTHERS_BACK = """
DROP TRIGGER IF EXISTS approval_on_appeal ON decisions_approval;
"""

WARNED_SQL = """
CREATE OR REPLACE FUNCTION probity_suspension_warned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  told contests_warning%ROWTYPE;
BEGIN
  SELECT * INTO told FROM contests_warning WHERE id = NEW.warning_id;
  IF told.uploader_id IS DISTINCT FROM NEW.uploader_id
     OR told.sender_id IS DISTINCT FROM NEW.sender_id
     OR told.reporter_id IS DISTINCT FROM NEW.reporter_id
     OR told.at <> NEW.warned_at THEN
    RAISE EXCEPTION 'a suspension follows a warning of the same party'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER suspension_warned BEFORE INSERT OR UPDATE ON contests_suspension
  FOR EACH ROW EXECUTE FUNCTION probity_suspension_warned();
"""


def judged_by_others() -> migrations.RunSQL:
    """Appeals, rulings and the approvals that follow: by nobody who decided or approved before."""
    return migrations.RunSQL(sql=OTHERS_SQL, reverse_sql=OTHERS_BACK)


def warned_first() -> migrations.RunSQL:
    """No suspension without a warning of the same party."""
    return migrations.RunSQL(sql=WARNED_SQL, reverse_sql="")
