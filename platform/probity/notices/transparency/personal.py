"""Looking for personal data in free text before it goes to a public database for good.

DSA art. 24(5): statements are free of personal data. A check by patterns finds what has a form
(addresses, numbers, accounts) and the names that this case knows; it cannot find every name. So a
person reads what is sent (the dry run shows it), and this refuses what is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from probity.cases.models import Case

EMAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w.-])(?:\+|00|0)\d[\d\s()/.-]{6,}\d(?![\w-])")
HANDLE = re.compile(r"(?<![\w@/])@[A-Za-z0-9_][\w.]{1,}")
ACCOUNT = re.compile(
    r"(?:https?://|www\.)\S*/(?:@|u/|user/|users/|profile/|profiles/|in/|channel/|c/|account/|people/)"
    r"\S+",
    re.IGNORECASE,
)
ANY_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
ACCOUNT_QUERY = re.compile(r"[?&](?:user|account|profile|uid|author|name|id)=", re.IGNORECASE)
WORD = re.compile(r"\w+")
NAME_SHORTEST = 3


def personal_data(text: str, *, names: Iterable[str] = ()) -> list[str]:
    """A sentence for each kind of personal data found; ``names`` are known to name somebody."""
    return list(dict.fromkeys(_found(text, names)))


def _found(text: str, names: Iterable[str]) -> Iterator[str]:
    if EMAIL.search(text):
        yield "It has an e-mail address. Take it out."
    if PHONE.search(text):
        yield "It has what looks like a telephone number. Take it out."
    if ACCOUNT.search(text) or any(ACCOUNT_QUERY.search(url[0]) for url in ANY_URL.finditer(text)):
        yield "It has the address of somebody's account or profile. Take it out."
    elif HANDLE.search(text):
        yield "It names an account (@…). Take it out."
    for name in names:
        if _named(name, text):
            yield "It names the uploader, a reporter or their account. Take the name out."


def _named(name: str, text: str) -> bool:
    words = WORD.findall(name)
    if sum(len(word) for word in words) < NAME_SHORTEST:
        return False
    pattern = r"(?<!\w)" + r"[\W_]*".join(re.escape(word) for word in words) + r"(?!\w)"
    return re.search(pattern, text, re.IGNORECASE) is not None


def names_known(case: Case) -> list[str]:
    """Names and accounts that the case knows: its uploader's and its reporters'."""
    known: list[str] = []
    if case.uploader:
        known += [case.uploader.reference, case.uploader.email.partition("@")[0]]
    for report in case.reports.select_related("contact"):
        contact = getattr(report, "contact", None)
        if contact is not None:
            known += [contact.signature, contact.email]
    return [name for name in known if name]
