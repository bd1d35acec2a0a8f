"""What a notice may carry, checked the same way for the form and the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from probity.core.blank import blank
from probity.core.errors import InvalidInput

from .models import Category
from .request_law import take_it_down

PLACE = re.compile(r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
SHA256 = re.compile(r"^[0-9a-f]{64}$")
EXPLANATION_MAX = 10_000
URL_MAX = 2_000
CONTACT_MAX = 300
REFERENCE_MAX = 200
LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$")
PLACES_MAX = 30
TRUTHS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True)
class Account:
    """Who uploaded it, as the host platform names them; address and language if it gave them."""

    reference: str
    email: str = ""
    language: str = ""


@dataclass(frozen=True)
class Notice:
    """A checked notice. ``None`` means that the reporter did not say."""

    category: Category
    explanation: str
    url: str = ""
    sha256: str = ""
    places: list[str] = field(default_factory=list)
    depicted: bool | None = None
    good_faith: bool | None = None
    may_show_minor: bool = False
    email: str = ""
    signature: str = ""
    contact: str = ""
    on_behalf: bool | None = None
    no_consent: bool | None = None
    resident: bool | None = None
    has_account: bool | None = None
    uploader: Account | None = None
    language: str = ""
    reference: str = ""

    @property
    def statutory(self) -> bool | None:
        """Whether it carries every element of a TAKE IT DOWN request (47 U.S.C. 223a(a)(1)).

        Signature, location, good-faith statement and contact; None while one is only missing.
        """
        if self.good_faith is False or self.depicted is False:
            return False
        return None if take_it_down(self).missing else True


def notice_read(data: Mapping[str, object], *, has_file: bool) -> Notice:
    """Check raw fields; raises InvalidInput with a sentence for every wrong one."""
    wrong: dict[str, str] = {}
    category = _category(_text(data, "category", wrong), wrong)
    explanation = _explanation(_text(data, "explanation", wrong), wrong)
    notice = Notice(
        category=category,
        explanation=explanation,
        url=_url(_text(data, "url", wrong), wrong),
        sha256=_sha256(_text(data, "sha256", wrong), wrong),
        places=_places(data.get("places"), wrong),
        depicted=_truth(data, "depicted", wrong),
        good_faith=_truth(data, "good_faith", wrong),
        may_show_minor=bool(_truth(data, "may_show_minor", wrong)),
        email=_email(_text(data, "email", wrong), wrong),
        signature=_limited(_text(data, "signature", wrong), "signature", 200, wrong),
        contact=_limited(_text(data, "contact", wrong), "contact", CONTACT_MAX, wrong),
        on_behalf=_truth(data, "on_behalf", wrong),
        no_consent=_truth(data, "no_consent", wrong),
        resident=_truth(data, "resident", wrong),
        has_account=_truth(data, "has_account", wrong),
        uploader=_account(data.get("uploader"), wrong),
        language=_language(_text(data, "language", wrong), wrong),
        reference=_limited(_text(data, "reference", wrong), "reference", REFERENCE_MAX, wrong),
    )
    if not wrong and not (has_file or notice.url or notice.sha256):
        wrong["file"] = "Send the file, the address where it was seen, or its SHA-256."
    if wrong:
        raise InvalidInput.of(wrong)
    return notice


def _text(data: Mapping[str, object], name: str, wrong: dict[str, str]) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        wrong[name] = f"“{name}” must be text."
        return ""
    if "\x00" in value:
        wrong[name] = f"“{name}” holds a null character; remove it."
        return ""
    return "" if blank(value) else value.strip()


def _language(value: str, wrong: dict[str, str]) -> str:
    if value and not LANGUAGE.match(value):
        wrong["language"] = "A language is a code such as de or pt-BR."
    return value.lower()


def _account(value: object, wrong: dict[str, str]) -> Account | None:
    if value is None or value == "":
        return None
    if not isinstance(value, Mapping) or set(value) - {"reference", "email", "language"}:
        wrong["uploader"] = "“uploader” is an object with reference, email and language."
        return None
    given = {name: _text(value, name, wrong) for name in ("reference", "email", "language")}
    if not 0 < len(given["reference"]) <= REFERENCE_MAX or not given["reference"].isprintable():
        wrong["uploader"] = f"An uploader's reference has 1 to {REFERENCE_MAX} characters."
    elif given["language"] and not LANGUAGE.match(given["language"]):
        wrong["uploader"] = "An uploader's language is a code such as de or pt-BR."
    trouble: dict[str, str] = {}
    account = Account(
        given["reference"], email=_email(given["email"], trouble), language=given["language"]
    )
    if trouble:
        wrong["uploader"] = (
            "The uploader's e-mail address is not whole; correct it or leave it out."
        )
    return account


def _category(value: str, wrong: dict[str, str]) -> Category:
    try:
        return Category(value)
    except ValueError:
        wrong.setdefault("category", f"Choose a category: {', '.join(Category)}.")
        return Category.OTHER


def _explanation(value: str, wrong: dict[str, str]) -> str:
    if not value:
        wrong.setdefault("explanation", "Say in a sentence or two why this should be looked at.")
    return _limited(value, "explanation", EXPLANATION_MAX, wrong)


def _limited(value: str, name: str, most: int, wrong: dict[str, str]) -> str:
    if len(value) > most:
        wrong[name] = f"“{name}” is longer than {most} characters; shorten it."
    return value


def _url(value: str, wrong: dict[str, str]) -> str:
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in value):
        wrong["url"] = "The address must be a whole web address that starts with http or https."
    return _limited(value, "url", URL_MAX, wrong)


def _sha256(value: str, wrong: dict[str, str]) -> str:
    value = value.lower()
    if value and not SHA256.match(value):
        wrong["sha256"] = "A SHA-256 has 64 characters, each 0–9 or a–f."
    return value


def places_read(value: object) -> list[str]:
    """ISO 3166 codes from a list or from text with commas; raises InvalidInput."""
    wrong: dict[str, str] = {}
    places = _places(value, wrong)
    if wrong:
        raise InvalidInput.of(wrong)
    return places


def _places(value: object, wrong: dict[str, str]) -> list[str]:
    if value is None:
        return []
    parts = value if isinstance(value, list) else str(value).split(",")
    places = [str(part).strip().upper() for part in parts if str(part).strip()]
    if len(places) > PLACES_MAX or not all(PLACE.match(place) for place in places):
        wrong["places"] = (
            "Places are ISO 3166 codes with commas between, such as US-CA, DE; at most "
            f"{PLACES_MAX}."
        )
        return []
    return list(dict.fromkeys(places))


def _truth(data: Mapping[str, object], name: str, wrong: dict[str, str]) -> bool | None:
    value = data.get(name)
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if not text or text in {"null", "unknown"}:
        return None
    if text not in TRUTHS:
        wrong[name] = f"“{name}” must be true or false, or be left out."
        return None
    return TRUTHS[text]


def _email(value: str, wrong: dict[str, str]) -> str:
    if value:
        try:
            validate_email(value)
        except ValidationError:
            wrong["email"] = "This is not a whole e-mail address; correct it or leave it out."
    return value
