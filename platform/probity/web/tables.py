"""Tables that leave as CSV: streamed, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

#: A spreadsheet takes a cell that begins so for a formula and runs it, some with wide letters too,
#: or after spaces that they trim.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_CONTROLS = ("\t", "\r", "\n")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def cell(value: object) -> str:
    """A value as text; what a spreadsheet would run gets an apostrophe before it.

    See OWASP, "CSV Injection". Numbers stay numbers.
    """
    if value is None:
        return ""
    text = str(value)
    risky = text.startswith(_CONTROLS) or text.lstrip().startswith(_FORMULA)
    if isinstance(value, (int, float)):
        return text
    return f"'{text}" if risky else text


def csv_response(
    *, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A table as a file of this name, sent line by line as the rows come."""
    answer = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    # csv's writer returns what its file's write returned: here, the line
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])
