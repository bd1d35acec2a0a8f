from django.db import migrations

from probity.contests.guards import judged_by_others, warned_first
from probity.contests.misuse_models import SUSPENSION_MOVES
from probity.contests.models import APPEAL_MOVES
from probity.contests.referral_models import REFERRAL_MOVES
from probity.core.append_only import append_only, fixed_columns
from probity.core.moves import moves_guard, once_set


class Migration(migrations.Migration):
    dependencies = [("contests", "0001_initial"), ("decisions", "0001_initial")]
    operations = [
        append_only("contests_warning"),
        append_only("contests_referral_step"),
        fixed_columns(
            "contests_appeal", "id", "case_id", "decision_id", "kind", "side", "report_id",
            "uploader_id", "ground", "snapshot", "received_at", "due_at",
        ),
        fixed_columns(
            "contests_appeal_ruling", "id", "appeal_id", "outcome", "reason", "decider_id",
            "person_id", "decision_id", "at",
        ),
        fixed_columns("contests_appeal_note", "id", "appeal_id", "person_id", "at"),
        fixed_columns("contests_appeal_evidence", "id", "appeal_id", "sha256", "at"),
        fixed_columns(
            "contests_manifest", "id", "kind", "case_id", "subject", "uploader_id", "sender_id",
            "reporter_id", "person_id", "reason", "at",
        ),
        fixed_columns(
            "contests_suspension", "id", "warning_id", "warned_at", "factors", "reason", "days",
            "uploader_id", "sender_id", "reporter_id", "proposer_id", "proposed_at",
        ),
        fixed_columns("contests_request_update", "id", "report_id", "kind", "person_id", "at"),
        fixed_columns(
            "contests_referral", "id", "case_id", "plugin", "document", "sha256", "with_files",
            "proposer_id", "proposed_at",
        ),
        moves_guard("contests_appeal", APPEAL_MOVES),
        moves_guard("contests_suspension", SUSPENSION_MOVES, beginnings=False),
        moves_guard("contests_referral", REFERRAL_MOVES),
        once_set("contests_appeal", "warned_at", "breached_at", "erased_at"),
        once_set("contests_appeal_ruling", "fell_at"),
        once_set("contests_manifest", "withdrawn_at"),
        judged_by_others(),
        warned_first(),
    ]  # fmt: skip
