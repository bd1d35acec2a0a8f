"""What the record rests on: checkpoints, the ledger of erasures, seals on documents."""

from __future__ import annotations

from pathlib import Path

from probity.core import env

CHECKPOINT_SECRET = env.secret("PROBITY_CHECKPOINT_KEY")
LOG_NAME = env.text("PROBITY_LOG_NAME")
CHECKPOINT_DIR = Path(env.text("PROBITY_CHECKPOINT_DIR") or env.state_folder("checkpoints"))
CHECKPOINT_HOOK = env.text("PROBITY_CHECKPOINT_HOOK")
ERASURE_LEDGER = Path(
    env.text("PROBITY_ERASURE_LEDGER") or CHECKPOINT_DIR.with_name("erasures.jsonl")
)
RETENTION_HOUR = env.number("PROBITY_RETENTION_HOUR", 2) % 24
PDF_KEY = env.text("PROBITY_PDF_KEY")
PDF_KEY_PASSPHRASE = env.text("PROBITY_PDF_KEY_PASSPHRASE")
TIME_STAMP_AUTHORITIES = env.words("PROBITY_TIME_STAMP_AUTHORITIES")
