"""What three laws want of a request by the person shown, and what of it is still missing.

The same check runs while the form is filled in, when it is sent, and for the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Asked(Protocol):
    """What is looked at: a notice, or a form that is still being filled in."""

    @property
    def category(self) -> str: ...
    @property
    def explanation(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def depicted(self) -> bool | None: ...
    @property
    def on_behalf(self) -> bool | None: ...
    @property
    def no_consent(self) -> bool | None: ...
    @property
    def good_faith(self) -> bool | None: ...
    @property
    def resident(self) -> bool | None: ...
    @property
    def has_account(self) -> bool | None: ...
    @property
    def may_show_minor(self) -> bool: ...
    @property
    def email(self) -> str: ...
    @property
    def contact(self) -> str: ...
    @property
    def signature(self) -> str: ...


@dataclass(frozen=True)
class Filled:
    """What is filled in so far; what was not said is None."""

    category: str = ""
    explanation: str = ""
    url: str = ""
    depicted: bool | None = None
    on_behalf: bool | None = None
    no_consent: bool | None = None
    good_faith: bool | None = None
    resident: bool | None = None
    has_account: bool | None = None
    may_show_minor: bool = False
    email: str = ""
    contact: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Missing:
    """One thing that a law still wants: the field that gives it, and a sentence."""

    field: str
    sentence: str


@dataclass(frozen=True)
class LawCheck:
    """One law: what it gives, what is missing for it, and why it cannot apply if it cannot."""

    key: str
    title: str
    gives: str
    missing: tuple[Missing, ...]
    ruled_out: str = ""

    @property
    def valid(self) -> bool:
        """Whether the request has every element."""
        return not self.missing and not self.ruled_out


def law_checks(asked: Asked) -> tuple[LawCheck, ...]:
    """The laws that help somebody who is shown, the fastest first."""
    return take_it_down(asked), sb_981(asked), dsa_16(asked)


def take_it_down(asked: Asked) -> LawCheck:
    """TAKE IT DOWN Act, 47 U.S.C. 223a(a)(1)-(2): removal within 48 hours of a valid request."""
    missing = [
        *_missing(asked.depicted, "depicted", "Say that it shows you, or somebody you act for."),
        *_missing(asked.url, "url", "Give the address where it is, so that it can be found."),
        *_missing(
            asked.good_faith, "good_faith",
            "State in good faith that it was published without the consent of the person shown.",
        ),
        *_missing(asked.signature, "signature", "Sign it: type your full name."),
        *_missing(
            asked.email or asked.contact, "email",
            "Say how you can be reached: by e-mail, telephone or post.",
        ),
    ]  # fmt: skip
    ruled_out = ""
    if asked.category and asked.category != "intimate":
        ruled_out = "It is about intimate images only."
    elif asked.depicted is False:
        ruled_out = "Only the person shown, or somebody they authorised, can ask under it."
    elif asked.good_faith is False:
        ruled_out = "It needs your statement in good faith."
    return LawCheck(
        "take-it-down", "TAKE IT DOWN Act (United States)",
        "The platform removes it, and known identical copies, within 48 hours.",
        tuple(missing), ruled_out,
    )  # fmt: skip


def sb_981(asked: Asked) -> LawCheck:
    """California Business and Professions Code 22670-22671 (SB 981)."""
    missing = [
        *_missing(asked.depicted, "depicted", "Say that it shows you."),
        *_missing(asked.no_consent, "no_consent", "Say that you did not consent to it."),
        *_missing(asked.resident, "resident", "Say that you live in California."),
        *_missing(asked.has_account, "has_account", "Say that you have an account here."),
        *_missing(
            asked.email or asked.contact, "email",
            "Say how you can be reached: the platform has to write to you.",
        ),
    ]  # fmt: skip
    ruled_out = ""
    if asked.category and asked.category != "intimate":
        ruled_out = "It is about intimate images only."
    elif asked.depicted is False or asked.on_behalf:
        ruled_out = "Only the person shown can ask under it, and nobody for them."
    elif asked.resident is False:
        ruled_out = "It is for people who live in California."
    elif asked.has_account is False:
        ruled_out = "It is for people who have an account with the platform."
    elif asked.no_consent is False:
        ruled_out = "It is about media to which you did not consent."
    return LawCheck(
        "sb-981", "California SB 981",
        "It is blocked while the platform decides; you hear within 48 hours, again within 7 days, "
        "and the decision within 30 days.",
        tuple(missing), ruled_out,
    )  # fmt: skip


def dsa_16(asked: Asked) -> LawCheck:
    """Digital Services Act, Reg. (EU) 2022/2065 art. 16(2): a notice that gives knowledge.

    Name and address are not asked for where the notice may concern an offence against a child.
    """
    missing = [
        *_missing(asked.explanation, "explanation", "Explain why it is illegal."),
        *_missing(asked.url, "url", "Give the exact address where it is."),
        *_missing(asked.good_faith, "good_faith", "State in good faith that what you say is true."),
    ]
    if not asked.may_show_minor:
        missing += [
            *_missing(asked.signature, "signature", "Give your name."),
            *_missing(asked.email, "email", "Give your e-mail address."),
        ]
    ruled_out = "It needs your statement in good faith." if asked.good_faith is False else ""
    return LawCheck(
        "dsa-16", "Digital Services Act (European Union)",
        "The platform knows of it from then on, and decides without undue delay.",
        tuple(missing), ruled_out,
    )  # fmt: skip


def _missing(given: object, field: str, sentence: str) -> list[Missing]:
    return [] if given else [Missing(field, sentence)]
