"""NCMEC's CyberTipline: building its report, and talking to the address that the operator set.

Steps and element names follow NCMEC's public reporting API (submit, upload, fileinfo, finish,
retract); the service gives its schema at ``/xsd``, and refuses a document that does not fit. There
is no address by default: an operator sets the test one first.
"""

from __future__ import annotations

import base64
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings

from probity.core.errors import Conflict

from .plugins import Facts, Step

#: REPORT Act (Pub. L. 118-59): what was reported is preserved for one year.
KEEP_DAYS = 366
SECONDS = 30
ANSWER_MAX = 20_000
CODE = re.compile(r"<responseCode>\s*(-?\d+)\s*</responseCode>")
REPORT_ID = re.compile(r"<reportId>\s*([0-9A-Za-z-]{1,80})\s*</reportId>")
INCIDENT = "Child Pornography (possession, manufacture, and distribution)"


class CyberTipline:
    """The plug-in; everything it needs to know of the service comes from settings."""

    title = "NCMEC CyberTipline"
    keep_days = KEEP_DAYS

    def document(self, facts: Facts) -> str:
        """The report's XML: what happened, where, which account, which files by their hash."""
        report = Element("report")
        summary = SubElement(report, "incidentSummary")
        _text(summary, "incidentType", INCIDENT)
        _text(summary, "incidentDateTime", facts.opened_at)
        for address in facts.addresses:
            page = SubElement(SubElement(report, "internetDetails"), "webPageIncident")
            _text(page, "url", address)
        person = SubElement(SubElement(report, "reporter"), "reportingPerson")
        _text(person, "firstName", settings.PLATFORM_NAME)
        if facts.uploader.get("reference"):
            account = SubElement(report, "personOrUserReported")
            _text(account, "espIdentifier", facts.uploader["reference"])
        lines = [f"Case {facts.number}.", facts.summary]
        lines += [
            f"SHA-256 {file['sha256']}"
            + (", made or altered by AI" if file.get("generated") else "")
            for file in facts.files
        ]
        _text(report, "additionalInfo", "\n".join(line for line in lines if line))
        body = tostring(report, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'

    def submit(self, document: str) -> Step:
        """Open the report; the step carries the service's id."""
        return self._call("submit", document.encode(), "text/xml; charset=utf-8")

    def upload(self, outside_id: str, *, name: str, content: bytes) -> Step:
        """Send one file; raises Conflict unless PROBITY_NCMEC_UPLOAD is on."""
        if not settings.NCMEC_UPLOAD:
            raise Conflict(
                "Sending files is switched off (PROBITY_NCMEC_UPLOAD). The report names their "
                "hashes; nothing was sent."
            )
        return self._form("upload", {"id": outside_id}, file=(name, content))

    def finish(self, outside_id: str) -> Step:
        """Close the report; it cannot be retracted after this."""
        return self._form("finish", {"id": outside_id})

    def retract(self, outside_id: str) -> Step:
        """Take back a report that is not finished."""
        return self._form("retract", {"id": outside_id})

    def _form(
        self, name: str, fields: Mapping[str, str], *, file: tuple[str, bytes] | None = None
    ) -> Step:
        boundary = uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n'.encode()
            + f"{value}\r\n".encode()
            for key, value in fields.items()
        ]
        if file:
            head = (
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
                f'filename="{file[0]}"\r\nContent-Type: application/octet-stream\r\n\r\n'
            )
            parts += [head.encode(), file[1], b"\r\n"]
        body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
        return self._call(name, body, f"multipart/form-data; boundary={boundary}")

    def _call(self, name: str, body: bytes, kind: str) -> Step:
        """One POST to the configured host and no other: a redirect counts as a refusal."""
        base = settings.NCMEC_URL.rstrip("/")
        if not base.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise Conflict("PROBITY_NCMEC_URL is not set to an https address. Nothing was sent.")
        request = urllib.request.Request(f"{base}/{name}", data=body, method="POST")  # noqa: S310
        request.add_header("Content-Type", kind)
        user = f"{settings.NCMEC_USER}:{settings.NCMEC_PASSWORD}".encode()
        request.add_header("Authorization", f"Basic {base64.b64encode(user).decode()}")
        try:
            with OPENER.open(request, timeout=SECONDS) as answer:
                said = answer.read(ANSWER_MAX).decode("utf-8", "replace")
                return _read(name, answer.status, said)
        except urllib.error.HTTPError as error:
            with error:
                return Step(
                    name, False, error.code, error.read(ANSWER_MAX).decode("utf-8", "replace")
                )
        except (OSError, ValueError) as error:
            return Step(name, False, None, f"It did not answer: {type(error).__name__}.")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the report elsewhere."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


OPENER = urllib.request.build_opener(_NoRedirect)


def _read(name: str, status: int, said: str) -> Step:
    """Only response code 0 means that it was taken."""
    code, found = CODE.search(said), REPORT_ID.search(said)
    good = status == 200 and code is not None and code[1] == "0"
    return Step(name, good, status, said, found[1] if good and found else "")


def _text(parent: Element, name: str, value: str) -> None:
    """An element with text, without the control characters that XML cannot hold."""
    kept = "".join(letter for letter in value if letter >= " " or letter in "\n\t")
    SubElement(parent, name).text = kept
