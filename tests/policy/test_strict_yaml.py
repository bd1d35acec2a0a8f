from __future__ import annotations

import pytest

from policy.errors import PackInvalid
from policy.strict_yaml import read


def test_values_and_lines() -> None:
    text = "a: 1\nb:\n  - true\n  - NO\n  - 2026-05-19\n  - ~\nc: 'true'\n"
    cursor = read(text, file="x.yaml")
    assert cursor.value == {"a": 1, "b": [True, "NO", "2026-05-19", None], "c": "true"}
    assert cursor.lines["b", 2] == 5
    assert str(cursor.child("b").child(2).refusal("no.")) == "x.yaml:5: b.2: no."


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3", "second time"),
        ("a:\n  b: 1\n  'b': 2\n", "x.yaml:3", "second time"),
        ("a: &x 1\nb: *x\n", "x.yaml:1", "anchor"),
        ("a: 1\nb: !!python/name:os.system\n", "x.yaml:2", "tag"),
        ("a: !!str 1\n", "x.yaml:1", "tag"),
        ("a: !x {b: 1}\n", "x.yaml:1", "tag"),
        ("a:\n " + "[" * 20000, "x.yaml:2", "nesting deeper"),
        ("a: 12345678901234567890\n", "x.yaml:1", "number this long"),
        ("a: 1\nb: 1.5\n", "x.yaml:2", "fractional"),
        ("? [a]\n: 1\n", "x.yaml:1", "key"),
        ("a: [1\nb: 2\n", "x.yaml:2", "not YAML"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2", "not YAML"),
        ("", "x.yaml", "empty"),
        ("a: \x07\n", "x.yaml", "not YAML"),
    ],
)
def test_refusals_name_the_line(text: str, where: str, what: str) -> None:
    with pytest.raises(PackInvalid, match=what) as caught:
        read(text, file="x.yaml")
    assert str(caught.value).startswith(f"{where}:")
