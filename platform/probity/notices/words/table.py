"""What a language's table must have; a test compares the tables with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One language. Sentences are whole; ``{names}`` are filled with ``str.format``.

    ``measures`` and ``over`` are keyed by action, ``…_account`` where it concerns the account.
    """

    language: str
    months: tuple[str, ...]
    date: str
    moment: str
    categories: Mapping[str, str]
    measures: Mapping[str, str]
    over: Mapping[str, str]
    over_why: Mapping[str, str]
    everywhere: str
    only_in: str
    until_changed: str
    until: str
    for_days: str
    measure_line: str
    measure_once: str
    occasion: Mapping[str, str]
    reporter_silent: str
    automation: Mapping[str, str]
    detection: Mapping[str, str]
    measured: str
    not_measured: str
    ground: Mapping[str, str]
    ground_line: str
    ground_open: str
    ground_english: str
    no_ground: str
    content_address: str
    content_file: str
    content_unknown: str
    replaces: str
    again: str
    page: str
    places: Mapping[str, str]
    this_platform: str
