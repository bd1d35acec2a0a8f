"""Keeping and erasing: holds, schedules, requests."""
