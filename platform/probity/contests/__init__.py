"""Contesting: appeals and counter-notices, misuse, referrals, requests by the person shown."""
