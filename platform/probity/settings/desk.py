"""What an operator sets for reports, requests, checks, copies and the creators' desk."""

from __future__ import annotations

from probity.core import env

SEAL_CATEGORIES = env.words("PROBITY_SEAL_CATEGORIES")
SERVICE_FACTS = env.facts("PROBITY_SERVICE_FACTS")
SERVED_PLACES = env.words("PROBITY_SERVED_PLACES")
REPORT_RATE = env.text("PROBITY_REPORT_RATE", "120/hour")
API_RATE = env.text("PROBITY_API_RATE", "6000/minute")
API_ADDRESS_RATE = env.text("PROBITY_API_ADDRESS_RATE", "12000/minute")
API_KEY_HOURS = max(24, env.number("PROBITY_API_KEY_HOURS", 48))
API_BODY_MAX_BYTES = env.number("PROBITY_API_BODY_MAX_MB", 8) * 1024 * 1024
SIGN_IN_RATE = env.text("PROBITY_SIGN_IN_RATE", "20/minute")
SIGN_IN_NAME_RATE = env.text("PROBITY_SIGN_IN_NAME_RATE", "30/hour")
APPEAL_DAYS = env.number("PROBITY_APPEAL_DAYS", 14)
MISUSE_WINDOW_DAYS = env.number("PROBITY_MISUSE_WINDOW_DAYS", 180)
MISUSE_LEAST = env.number("PROBITY_MISUSE_LEAST", 3)
REFERRALS = env.words("PROBITY_REFERRALS")
NCMEC_URL = env.text("PROBITY_NCMEC_URL")
NCMEC_USER = env.text("PROBITY_NCMEC_USER")
NCMEC_PASSWORD = env.text("PROBITY_NCMEC_PASSWORD")
NCMEC_UPLOAD = env.flag("PROBITY_NCMEC_UPLOAD")
CHECK_RATE = env.text("PROBITY_CHECK_RATE", "60/hour")
CHECK_SLOTS = env.number("PROBITY_CHECK_SLOTS", 2)
CHECK_MINUTES = env.number("PROBITY_CHECK_MINUTES", 60)
CHECK_KEPT_DAYS = env.number("PROBITY_CHECK_KEPT_DAYS", 30)
PLATFORM_NAME = env.text("PROBITY_PLATFORM_NAME", "this platform")

SIGNING_DIR = env.text("PROBITY_SIGNING_DIR") or str(env.state_folder("creators"))
SIGNING_TIME_STAMP_URL = env.text("PROBITY_SIGNING_TIME_STAMP_URL")
WATERMARK_KEY = env.text("PROBITY_WATERMARK_KEY") or str(env.state_folder("secrets") / "watermark")

MATCH_RADIUS = env.number("PROBITY_MATCH_RADIUS", 31)
MATCH_FLOOD = env.number("PROBITY_MATCH_FLOOD", 1000)
FOUR_EYES_ACTIONS = env.words("PROBITY_FOUR_EYES_ACTIONS", "remove,suspend,restrict")
EXCHANGES = env.text("PROBITY_EXCHANGES")
