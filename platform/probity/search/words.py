"""How a text becomes words, the same way in the database and here.

Letters of any writing and digits make words; everything between parts them, so that an address or
a case number can be found by its parts. Nothing is stemmed: texts come in many languages. Writing
without spaces (Chinese, Japanese, Thai) is one long word and found by how it begins (``word*``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.contrib.postgres.search import SearchQuery

#: What parts words: ASCII's signs and space, and the usual signs of other writings.
_PARTING = (
    "\\x01-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f"
    "\\xa0-\\xa9\\xab-\\xb4\\xb6-\\xb9\\xbb-\\xbf\\xd7\\xf7"
)
_BEYOND = "\\u2000-\\u206f\\u3000-\\u303f\\uff00-\\uff0f"
SPLIT = re.compile(f"[{_PARTING}{_BEYOND}]+")
#: Longer texts are cut here, well below what the database's word lists can hold.
TEXT_MAX = 100_000

FUNCTION_SQL = rf"""
CREATE OR REPLACE FUNCTION search_words(body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector(
    'pg_catalog.simple',
    lower(regexp_replace(
      left(coalesce(body, ''), {TEXT_MAX}),
      '[{_PARTING}{_BEYOND}]+', ' ', 'g'
    ))
  )
$$;
"""


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case, in their order."""
    return [word for word in SPLIT.split(text.lower()) if word]


def tsquery(words: Sequence[str], *, beginning: bool) -> str:
    """A query for words that follow each other; ``beginning``: the last may go on.

    In the syntax of PostgreSQL's ``to_tsquery``. Words hold no sign that means anything there.
    """
    quoted = [f"'{word}'" for word in words]
    if beginning:
        quoted[-1] += ":*"
    return " <-> ".join(quoted)


def words_query(raw: str) -> SearchQuery:
    """A query of ``tsquery`` as the ORM takes it."""
    return SearchQuery(raw, config="simple", search_type="raw")
