"""The screens, by audience: public, accounts, triage, review."""
