"""A pack to start from, written so that it holds and its tests pass."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from policy.errors import PackInvalid
from policy.parse import parse
from policy.strict_yaml import read

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
START = """\
pack: {name}
version: 1
title: {title}
jurisdiction: "{place}"
maintainer: Your name

citations:
  duty:
    law: Name of the law or of your terms
    section: section 1
    url: https://example.org/law
    paraphrase: What the section says, in your own words; or quote it under `quote`.
    read_on: {day}
    grade: G

questions:
  synthetic: Was the media generated or materially changed by technical means?
  disclosed: Does it carry a clear label that says so?

rules:
  - id: {name}-label
    title: Generated media carries a label
    summary: Media that was generated or materially changed is labelled.
    harm: transparency
    level: policy
    grade: G
    ground: incompatible_content
    explanation: The media was generated or changed and carries no label.
    binds:
      party: platform
      who: this service
    cite: duty
    status:
      - from: {day}
        state: in_force
    when:
      all:
        - {{fact: synthetic, is: true, cite: duty}}
        - {{fact: disclosed, is: false, cite: duty}}
    obligations:
      - do: label
        what: Show the label next to the media.
        scope: worldwide
        within: PT24H
        clock: elapsed
        from_event: report_received
        cite: duty
    open_notes:
      - Nobody has compared this rule with its official text yet.
    review_due: {review}
    test_base:
      at: {day}T12:00:00Z
      received_at: {day}T11:00:00Z
      places: [{somewhere}]
      facts: {{synthetic: true, disclosed: false}}
    tests:
      - name: applies, a day to label it
        expect:
          outcome: applies
          status: in_force
          ask: []
          do: [label]
          due: {{label: {tomorrow}T11:00:00Z}}
          provisional: false
      - name: already labelled
        facts: {{disclosed: true}}
        expect: {{outcome: does_not_apply, do: []}}
      - name: not generated
        facts: {{synthetic: false}}
        expect: {{outcome: does_not_apply}}
      - name: whether it was generated is unknown
        facts: {{synthetic: null}}
        expect: {{outcome: unknown, ask: [synthetic], provisional: true}}
      - name: whether it is labelled is unknown
        facts: {{disclosed: null}}
        expect: {{outcome: unknown, ask: [disclosed]}}
      - name: a detector only proposes
        facts: {{synthetic: {{value: true, source: detector}}}}
        expect: {{outcome: unknown, ask: [synthetic]}}
      - name: the day before it takes effect
        at: {yesterday}T23:59:59Z
        expect: {{outcome: not_in_force, status: pending, do: []}}
      - name: a notice or a request starts no other clock
        events:
          notice_received: {yesterday}T11:00:00Z
          valid_request_received: {yesterday}T11:00:00Z
          order_received: {yesterday}T11:00:00Z
        expect: {{outcome: applies, due: {{label: {tomorrow}T11:00:00Z}}}}
      - name: {where}
        places: {elsewhere}
        expect: {{outcome: {outside}}}
"""


def write(name: str, *, folder: Path, place: str = "*") -> Path:
    """Write `NAME.yaml` into the folder; raises PackInvalid for a name or file that cannot be."""
    if not NAME.fullmatch(name):
        raise PackInvalid(f"{name!r} is no id: use small letters, digits and hyphens.")
    path = folder / f"{name}.yaml"
    if path.exists():
        raise PackInvalid(f"{path} exists already; choose another name or folder.")
    text = _text(name, place)
    parse(read(text, file=path.name))
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _text(name: str, place: str) -> str:
    today = datetime.now(UTC).date()
    one = timedelta(days=1)
    return START.format(
        name=name,
        title=name.replace("-", " ").capitalize(),
        place=place,
        somewhere="US" if place == "*" else "DE" if place == "EU" else place,
        where="wherever it is" if place == "*" else "somewhere else",
        elsewhere="[]" if place == "*" else "[AQ]",
        outside="applies" if place == "*" else "does_not_apply",
        day=today.isoformat(),
        tomorrow=(today + one).isoformat(),
        yesterday=(today - one).isoformat(),
        review=(today + 90 * one).isoformat(),
    )
