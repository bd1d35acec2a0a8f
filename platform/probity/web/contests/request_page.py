"""The guided form for somebody who is shown: five steps, and what each law still wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from probity.cases.request_law import Filled, LawCheck, law_checks
from probity.web.language.later import later

STEPS = (
    ("who", later("Who is shown")),
    ("where", later("Where it is")),
    ("say", later("What you state")),
    ("reach", later("How to reach you")),
    ("send", later("Check and send")),
)
#: Which step asks for which field; errors lead back to the first of them.
FIELDS = {
    "who": ("person", "may_show_minor"),
    "where": ("url", "category", "explanation", "places"),
    "say": ("good_faith", "no_consent", "resident", "has_account"),
    "reach": ("email", "contact", "signature"),
    "send": ("file", "sha256"),
}
PERSONS = (
    ("me", later("Me")),
    ("behalf", later("Somebody I may act for: my child, a client, somebody who asked me to")),
    ("other", later("Somebody else")),
)
KINDS = (
    ("intimate", later("It is intimate: nudity or a sexual act, real or generated")),
    (
        "impersonation",
        later("It passes for me in another way: my face or voice says or does things"),
    ),
)
ALL = tuple(name for names in FIELDS.values() for name in names if name != "file")
YES_NO = (("true", later("Yes")), ("false", later("No")), ("", later("I would rather not say")))


@dataclass(frozen=True)
class RequestPage:
    """The form at one step."""

    step: str = "who"
    kept: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""

    @property
    def steps(self) -> list[dict[str, object]]:
        """Where one is."""
        return [
            {"key": key, "words": words, "number": place, "here": key == self.step}
            for place, (key, words) in enumerate(STEPS, 1)
        ]

    @property
    def title(self) -> str:
        """The step's heading."""
        return dict(STEPS)[self.step]

    @property
    def first(self) -> bool:
        """Whether nothing comes before."""
        return self.step == STEPS[0][0]

    @property
    def last(self) -> bool:
        """Whether it can be sent from here."""
        return self.step == STEPS[-1][0]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The fields of the other steps, carried along by the form itself: nothing is stored."""
        own = FIELDS[self.step]
        return [(name, self.kept.get(name, "")) for name in ALL if name not in own]

    @property
    def persons(self) -> tuple[tuple[str, str], ...]:
        """Who may be shown."""
        return PERSONS

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """What it may be."""
        return KINDS

    @property
    def yes_no(self) -> tuple[tuple[str, str], ...]:
        """Answers that may be left out."""
        return YES_NO

    @property
    def minor(self) -> bool:
        """Whether somebody under 18 may be shown."""
        return bool(self.kept.get("may_show_minor"))

    @property
    def checks(self) -> tuple[LawCheck, ...]:
        """What each law gives and still wants."""
        return law_checks(filled(self.kept))

    @property
    def limit_bytes(self) -> int:
        """The largest file that is taken."""
        return int(settings.UPLOAD_MAX_BYTES)


def filled(kept: Mapping[str, str]) -> Filled:
    """The form's text as what it says."""
    person = kept.get("person", "")
    return Filled(
        category=kept.get("category", ""),
        explanation=kept.get("explanation", "").strip(),
        url=kept.get("url", "").strip(),
        depicted={"me": True, "behalf": True, "other": False}.get(person),
        on_behalf={"me": False, "behalf": True}.get(person),
        no_consent=_said(kept, "no_consent"),
        good_faith=_said(kept, "good_faith"),
        resident=_said(kept, "resident"),
        has_account=_said(kept, "has_account"),
        may_show_minor=bool(kept.get("may_show_minor")),
        email=kept.get("email", "").strip(),
        contact=kept.get("contact", "").strip(),
        signature=kept.get("signature", "").strip(),
    )


def notice_fields(kept: Mapping[str, str]) -> dict[str, object]:
    """The fields of a report, as every report is checked."""
    said = filled(kept)
    fields: dict[str, object] = {
        "category": said.category, "explanation": said.explanation, "url": said.url,
        "places": kept.get("places", ""), "sha256": kept.get("sha256", ""),
        "depicted": said.depicted, "on_behalf": said.on_behalf, "no_consent": said.no_consent,
        "good_faith": said.good_faith, "resident": said.resident,
        "has_account": said.has_account, "may_show_minor": said.may_show_minor,
        "email": said.email, "contact": said.contact, "signature": said.signature,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value not in ("", None)}


def step_of(errors: Mapping[str, str]) -> str:
    """The first step that asks for something that is wrong."""
    for step, names in FIELDS.items():
        if any(name in errors for name in names):
            return step
    return STEPS[-1][0]


def neighbour(step: str, by: int) -> str:
    """The step before (-1) or after (1); the ends stay."""
    keys = [key for key, _ in STEPS]
    place = keys.index(step) if step in keys else 0
    return keys[min(max(place + by, 0), len(keys) - 1)]


def _said(kept: Mapping[str, str], name: str) -> bool | None:
    return {"true": True, "false": False}.get(kept.get(name, ""))
