"""What can be done in the browser can be done by a program, or the table beside this says why not.

The reasons are explained in docs/reference/api.md, by the same words.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

TABLE = Path(__file__).with_name("web_and_api.csv")
ADDRESSES = Path(__file__).parents[1] / "accounts" / "permissions.csv"
#: Names of the API's own addresses, and of its schema.
OF_PROGRAMS = ("api-", "sbr-", "schema")


@pytest.fixture(scope="module")
def table() -> dict[tuple[str, str], tuple[list[str], str]]:
    """By name and method of a page: the operations that do the same, or the reason for none."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        return {
            (row["name"], row["method"]): (row["operations"].split(), row["reason"])
            for row in csv.DictReader(handle)
        }


def test_every_page_and_form_has_its_line(table: dict[tuple[str, str], object]) -> None:
    """The other table is held against all addresses there are."""
    with ADDRESSES.open(encoding="utf-8", newline="") as handle:
        pages = {
            (row["name"], row["method"])
            for row in csv.DictReader(handle)
            if not row["name"].startswith(OF_PROGRAMS)
        }
    assert sorted(pages - set(table)) == [], "Say which operation does this, or why none does."
    assert sorted(set(table) - pages) == [], "These pages are gone; take their lines out."


def test_a_line_names_operations_that_exist_or_a_reason_that_is_explained(
    table: dict[tuple[str, str], tuple[list[str], str]], operations_of: dict[str, str], root: Path
) -> None:
    explained = (root / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    for page, (operations, reason) in table.items():
        assert bool(operations) != bool(reason), page
        assert set(operations) <= set(operations_of), page
        assert not reason or f"**{reason}**" in explained, reason


def test_a_form_that_changes_something_leads_to_more_than_reading(
    table: dict[tuple[str, str], tuple[list[str], str]], operations_of: dict[str, str]
) -> None:
    for (name, method), (operations, _) in table.items():
        if method == "post" and operations and name not in READ_IN_BOTH:
            assert any(operations_of[each] != "get" for each in operations), name


#: A form in the browser that a program reads instead, page by page.
READ_IN_BOTH = {"search-table"}
