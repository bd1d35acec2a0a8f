"""The validator knows every rule of schema v2, and the tables name nothing outside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from probity.cases.models import Category
from probity.decisions.models import Action
from probity.notices.transparency import schema
from probity.notices.transparency.mapping import FILE, mapping, mapping_read
from probity.notices.transparency.validator import batch_problems, statement_problems

DAYS = st.dates(date(2024, 2, 17), date(2026, 12, 31)).map(str)
WORDS = st.text("abc äß", min_size=1, max_size=40).filter(str.strip)


def some(values: tuple[str, ...]) -> Any:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


@st.composite
def statements(draw: Any) -> dict[str, Any]:
    """Statements that the schema takes, of every shape it knows."""
    ground = draw(st.sampled_from(schema.GROUNDS))
    made: dict[str, Any] = {
        "decision_ground": ground,
        **{name: draw(WORDS) for name in schema.GROUND_NEEDS[ground]},
        "decision_facts": draw(WORDS),
        "content_type": draw(some(schema.CONTENT_TYPES)),
        "category": draw(st.sampled_from(schema.CATEGORIES)),
        "content_date": draw(DAYS),
        "application_date": "2024-02-17",
        "source_type": draw(st.sampled_from(schema.SOURCES)),
        "automated_detection": draw(st.sampled_from(schema.YES_NO)),
        "automated_decision": draw(st.sampled_from(schema.AUTOMATED)),
        "puid": draw(st.from_regex(r"[A-Za-z0-9_-]{1,80}", fullmatch=True)),
    }
    for name in draw(
        st.lists(st.sampled_from(schema.DECISIONS), min_size=1, max_size=4, unique=True)
    ):
        several = schema.SOME_OF.get(name)
        made[name] = draw(some(several)) if several else draw(st.sampled_from(schema.ONE_OF[name]))
    for (name, value), words in schema.OTHERS.items():
        if value in (made.get(name) or []):
            made[words] = draw(WORDS)
    for end, name in schema.ENDS.items():
        if name in made and draw(st.booleans()):
            made[end] = draw(DAYS)
    if draw(st.booleans()):
        made["territorial_scope"] = draw(some(schema.EEA))
        made["category_addition"] = draw(some(schema.CATEGORIES))
        made["category_specification"] = ["KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE"]
    return made


@given(statements())
@settings(max_examples=60)
def test_what_the_schema_takes_has_no_problem(statement: dict[str, Any]) -> None:
    assert statement_problems(statement) == []


@given(statements(), st.data())
@settings(max_examples=60)
def test_leaving_a_required_field_out_is_named(statement: dict[str, Any], data: Any) -> None:
    needed = [*schema.REQUIRED, *schema.GROUND_NEEDS[statement["decision_ground"]]]
    name = data.draw(st.sampled_from(needed))
    del statement[name]
    assert any(f"“{name}” is missing" in said for said in statement_problems(statement))


@given(statements(), st.data())
@settings(max_examples=60)
def test_a_value_outside_its_list_is_named(statement: dict[str, Any], data: Any) -> None:
    name = data.draw(
        st.sampled_from(sorted({**schema.ONE_OF, **schema.SOME_OF} & statement.keys()))
    )
    wrong = data.draw(st.sampled_from(["", "REMOVED", "xx", 7, True]).filter(bool))
    statement[name] = [wrong] if name in schema.SOME_OF else wrong
    assert any(f"“{name}”" in said for said in statement_problems(statement))


@given(statements(), st.data())
@settings(max_examples=40)
def test_text_over_its_length_is_named(statement: dict[str, Any], data: Any) -> None:
    name = data.draw(st.sampled_from(sorted(schema.TEXTS.keys() & statement.keys())))
    statement[name] = "a" * schema.TEXTS[name]
    assert not any(f"“{name}” is longer" in said for said in statement_problems(statement))
    statement[name] += "a"
    assert any(f"“{name}” is longer" in said for said in statement_problems(statement))


@given(statements(), st.data())
@settings(max_examples=40)
def test_a_day_that_is_none_is_named(statement: dict[str, Any], data: Any) -> None:
    name = data.draw(st.sampled_from(["content_date", "application_date"]))
    statement[name] = data.draw(
        st.sampled_from(["2026-02-30", "01.02.2026", "20260102", "2026-1-2", 20260102, "yesterday"])
    )
    assert any(f"“{name}” is a day" in said for said in statement_problems(statement))


GOOD: dict[str, Any] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": schema.ILLEGAL,
    "illegal_content_legal_ground": "A law",
    "illegal_content_explanation": "It says so.",
    "decision_facts": "A fact.",
    "content_type": ["CONTENT_TYPE_VIDEO"],
    "category": "STATEMENT_CATEGORY_VIOLENCE",
    "content_date": "2026-01-01",
    "application_date": "2026-01-02",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "puid": "a-1",
}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"decision_visibility": None}, "nothing of what was decided"),
        ({"decision_visibility": []}, "at least one value"),
        ({"decision_visibility": ["DECISION_VISIBILITY_OTHER"]}, "has to say what"),
        ({"content_type": ["CONTENT_TYPE_OTHER"]}, "has to say what"),
        ({"content_type": ["CONTENT_TYPE_VIDEO"] * 2}, "names a value twice"),
        ({"content_type_other": "x"}, "is only for"),
        ({"decision_monetary": "DECISION_MONETARY_OTHER"}, "has to say what"),
        ({"decision_ground": schema.INCOMPATIBLE}, "belongs to the other ground"),
        ({"incompatible_content_illegal": "Yes"}, "belongs to the other ground"),
        ({"puid": "a.b@c"}, "letters other than"),
        ({"puid": "a" * 501}, "longer than 500"),
        ({"end_date_visibility_restriction": "2026-01-01"}, "before the day of application"),
        ({"end_date_account_restriction": "2026-02-01"}, "there is no “decision_account”"),
        ({"territorial_scope": ["US"]}, "not in the schema's list"),
        ({"territorial_scope": []}, "at least one value"),
        ({"category_specification": ["DEEPFAKE"]}, "no KEYWORD_ names"),
        ({"content_language": "deutsch"}, "two capital letters"),
        ({"account_type": "private"}, "not in the schema's list"),
        ({"uploader": "somebody"}, "no field of the schema"),
        ({"source_type": "SOURCE_OTHER_NOTIFICATION"}, "not in the schema's list"),
        ({"decision_facts": 7}, "is text"),
    ],
)
def test_each_rule_has_its_sentence(change: dict[str, Any], sentence: str) -> None:
    assert statement_problems(GOOD) == []
    assert any(sentence in said for said in statement_problems({**GOOD, **change}))


def test_a_batch_is_at_most_a_hundred_and_names_nobody_twice() -> None:
    many = [{"puid": f"p{number}"} for number in range(100)]
    assert batch_problems(many) == []
    assert "1 to 100" in batch_problems([*many, {"puid": "p100"}])[0]
    assert "1 to 100" in batch_problems([])[0]
    assert "p3" in batch_problems([*many[:9], many[3]])[0]


def test_the_schema_has_the_known_numbers() -> None:
    assert (len(schema.CATEGORIES), len(schema.EEA), len(schema.CONTENT_TYPES)) == (16, 30, 8)
    assert "SOURCE_TYPE_OTHER_NOTIFICATION" in schema.SOURCES


def test_the_tables_cover_every_category_and_every_restriction() -> None:
    tables = mapping()
    assert set(tables.categories) == set(Category)
    restricting = set(Action) - {Action.WARN, Action.REFER, Action.PRESERVE, Action.NO_ACTION}
    assert set(tables.measures) == restricting
    assert tables.territory([]) == list(schema.EEA)
    assert tables.territory(["US-CA"]) == []
    assert tables.territory(["DE-BY", "US"]) == ["DE"]
    assert len(tables.territory(["EU"])) == 27


@pytest.mark.parametrize(
    "slip",
    [
        {"synthetic": "CONTENT_TYPE_DEEPFAKE"},
        {"minors": {"category": "STATEMENT_CATEGORY_CHILDREN"}},
        {"sources": {"public": "SOURCE_TYPE_ARTICLE_16"}},
        {"measures": {"remove": {"field": "decision_x", "value": "y"}}},
        {"territories": {"EU": ["UK"]}},
    ],
)
def test_a_slip_in_the_tables_is_refused_when_they_are_loaded(slip: dict[str, Any]) -> None:
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    with pytest.raises(ValueError):
        mapping_read({**raw, **slip})
