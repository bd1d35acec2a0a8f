"""Placeholders: which a text may have, and putting values in their place.

A placeholder is a name in braces and nothing more. There is no other syntax, so that no text can
reach into the program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from probity.core.errors import InvalidInput

from .kinds import SHAPES, Kind
from .shipped import Text

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
SUBJECT_MAX, BODY_MAX, LINE_MAX = 150, 20_000, 2_000
EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


def text_check(*, kind: Kind, text: Text) -> Text:
    """The text as it will be kept; raises InvalidInput with a sentence for each wrong field."""
    shape, wrong = SHAPES[kind], {}
    subject = " ".join(text.subject.split())
    body = "\n".join(line.rstrip() for line in text.body.strip().splitlines())
    if shape.block and subject:
        wrong["subject"] = "A paragraph has no subject; leave it empty."
    elif not shape.block:
        wrong |= _subject(subject)
    if sentence := _body(kind, body):
        wrong["body"] = sentence
    if wrong:
        raise InvalidInput.of(wrong)
    return Text(subject, body)


def _subject(subject: str) -> dict[str, str]:
    if not subject or len(subject) > SUBJECT_MAX or not subject.isprintable():
        return {"subject": f"Give a subject of one line, at most {SUBJECT_MAX} characters."}
    unknown = placeholders(subject) - {"case", "platform"}
    if unknown:
        names = _named(unknown)
        return {"subject": f"A subject can name {{case}} and {{platform}}, not {names}."}
    return {"subject": stray} if (stray := _stray(subject)) else {}


def _body(kind: Kind, body: str) -> str:
    shape = SHAPES[kind]
    if not body:
        return "Write the text, or restore the one that comes with the product."
    if len(body) > BODY_MAX or any(len(line) > LINE_MAX for line in body.splitlines()):
        return f"The text is longer than {BODY_MAX} characters, or a line than {LINE_MAX}."
    if any(not (letter.isprintable() or letter == "\n") for letter in body):
        return "The text has an invisible control character; take it out."
    if stray := _stray(body):
        return stray
    used = placeholders(body)
    if unknown := used - shape.may:
        return (
            f"There is nothing to put in place of {_named(unknown)}. This text can use "
            f"{_named(shape.may)}."
        )
    if missing := shape.must - used:
        because = [shape.needs[name] for name in sorted(missing) if name in shape.needs]
        law = f" The law wants it said: {'; '.join(because)}." if because else ""
        return f"{_named(missing)} is missing. Put it where it belongs.{law}"
    return ""


def placeholders(text: str) -> set[str]:
    """The names that a text has in braces."""
    return set(PLACEHOLDER.findall(text))


def _stray(text: str) -> str:
    left = PLACEHOLDER.sub("", text)
    if "{" in left or "}" in left:
        return (
            "A brace stands alone or holds something other than a name of small letters. Write "
            "placeholders like {case}; other braces cannot be used."
        )
    return ""


def _named(names: set[str] | frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def text_fill(*, text: Text, values: Mapping[str, str]) -> Text:
    """Put values in place of placeholders, all at once: a value's own braces stay as they are.

    Empty values leave no gap. Raises KeyError for a placeholder without a value.
    """
    subject = PLACEHOLDER.sub(lambda found: _line(values[found[1]]), text.subject)
    body = PLACEHOLDER.sub(lambda found: plain(values[found[1]]), text.body)
    return Text(subject, EMPTY_LINES.sub("\n\n", body).strip() + "\n")


def plain(value: str) -> str:
    """A value without control characters; line ends are kept."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(letter for letter in value if letter.isprintable() or letter == "\n")


def _line(value: str) -> str:
    return " ".join(plain(value).split())
