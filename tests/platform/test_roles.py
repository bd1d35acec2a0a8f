"""The application's database role serves and cannot rewrite the record."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from probity.audit.services import event_append
from probity.core.roles import append_only_tables, application_role_grant

GUARDED = {
    "contests_referral_step", "contests_warning",
    "analysis_assessment", "analysis_finding", "analysis_finding_picture",
    "audit_checkpoint", "audit_event", "audit_leaf", "audit_node", "audit_stamp",
    "cases_change", "cases_priority_weights",
    "decisions_decision", "decisions_evaluation", "decisions_fact_answer",
    "decisions_pack_approval", "decisions_pack_version", "decisions_statement", "evidence_custody",
    "evidence_fixity", "keeping_cleared", "keeping_schedule", "matching_answer",
    "matching_copy_search", "matching_match", "outbox_attempt",
    "decisions_approval",
    "decisions_measure_outcome",
    "decisions_second_person_rule",
    "notices_public_facts", "notices_text", "notices_transparency_call",
    "quality_rate", "quality_ruling",
}  # fmt: skip


@pytest.mark.django_db
def test_what_is_append_only() -> None:
    assert set(append_only_tables()) == GUARDED


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize("table", sorted(GUARDED))
def test_even_the_owner_is_refused_while_the_triggers_stand(table: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
def test_the_application_role_reads_and_inserts_only() -> None:
    role = "probity_app"
    application_role_grant(role=role)
    event_append(
        chain="system", name="token.revoked", actor="system", payload={"token": "t", "person": "p"}
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE probity_app")
        cursor.execute("SELECT count(*) FROM audit_event")
        assert cursor.fetchone()[0] >= 1
        for statement in (
            "UPDATE audit_event SET actor = 'x'",
            "DELETE FROM audit_event",
            "TRUNCATE audit_event",
            "ALTER TABLE audit_event DISABLE TRIGGER ALL",
            "DROP TABLE audit_event",
            "UPDATE decisions_decision SET reason = 'x'",
            "DELETE FROM evidence_custody",
            "DELETE FROM django_migrations",
        ):
            with pytest.raises(DatabaseError) as refused, transaction.atomic():
                cursor.execute(statement)
            assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
        cursor.execute("RESET ROLE")


@pytest.mark.django_db
def test_a_chain_head_moves_only_forward() -> None:
    event_append(
        chain="system", name="token.revoked", actor="system", payload={"token": "t", "person": "p"}
    )
    for statement in (
        "UPDATE audit_chain SET events = events - 1 WHERE name = 'system'",
        "UPDATE audit_chain SET head = repeat('0', 64) WHERE name = 'system'",
        "DELETE FROM audit_chain WHERE name = 'system'",
    ):
        with (
            connection.cursor() as cursor,
            pytest.raises(DatabaseError, match="head only moves"),
            transaction.atomic(),
        ):
            cursor.execute(statement)


@pytest.mark.django_db
def test_an_event_outside_a_registered_shape_is_refused() -> None:
    with pytest.raises(KeyError):
        event_append(chain="system", name="case.renamed", actor="system")
    with pytest.raises(ValueError, match="needs exactly"):
        event_append(chain="system", name="token.revoked", actor="system", payload={"e": "a@b.c"})
