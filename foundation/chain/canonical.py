"""One byte string per JSON value."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar, NoReturn

import rfc8785

from foundation.errors import Refusal

#: The largest whole number that every reader of JSON reads alike.
WHOLE_MAX = 2**53 - 1
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True,
    separators=(",", ":"),
)  # fmt: skip


class NotCanonical(Refusal):
    """The value has no canonical JSON form."""

    code: ClassVar[str] = "not-canonical"


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of a JSON value: None, bool, int, float, str, list, tuple or dict.

    Raises NotCanonical for NaN and infinities, whole numbers beyond ±(2**53 - 1), lone
    surrogates, member names that are not strings, and anything that is not JSON.
    """
    try:
        return _ENCODER.encode(value).encode() if _plain(value) else rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, TypeError, AttributeError) as error:
        raise NotCanonical(f"This value has no canonical JSON form: {error}.") from error
    except RecursionError as error:
        raise NotCanonical("This value is nested too deeply for canonical JSON.") from error


def _plain(value: Any) -> bool:
    """Whether the standard library writes the value as RFC 8785 does, many times faster.

    It escapes strings alike (section 3.2.2.2), and sorts as UTF-16 does where names are ASCII
    (3.2.3); only numbers with a fraction are written otherwise.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-WHOLE_MAX <= value <= WHOLE_MAX)
    if kind is dict:
        named = all(type(name) is str and name.isascii() for name in value)
        return named and all(map(_plain, value.values()))
    return (kind is list or kind is tuple) and all(map(_plain, value))


def digest(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def parse(text: str | bytes) -> Any:
    """Read JSON that was written by somebody else.

    Raises NotCanonical for what other readers might read differently: a member named twice,
    NaN, infinities, a byte order mark, bytes that are not UTF-8.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8")
        return json.loads(decoded, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"This is not plain JSON: {error}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object names one of its members twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
