"""XMP packets (ISO 16684-1): found in any file, read with defusedxml, a known few fields taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST = 1024 * 1024
_MOST_ELEMENTS = 20_000
_SCAN = 8 * 2**20
_OPEN, _CLOSE = b"<x:xmpmeta", b"</x:xmpmeta>"

_SIMPLE = {
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "DigitalSourceType"): "source_type",
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "DigitalSourcefileType"): "source_type",
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "AISystemUsed"): "ai_system",
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "AISystemVersionUsed"): "ai_version",
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "AIPromptInformation"): "ai_prompt",
    ("http://ns.adobe.com/xap/1.0/", "CreatorTool"): "software",
    ("http://ns.adobe.com/photoshop/1.0/", "Credit"): "credit",
    ("http://ns.adobe.com/tiff/1.0/", "Make"): "make",
    ("http://ns.adobe.com/tiff/1.0/", "Model"): "model",
    ("http://ns.adobe.com/tiff/1.0/", "Software"): "software",
    ("http://ns.adobe.com/exif/1.0/aux/", "Lens"): "lens",
    ("http://cipa.jp/exif/1.0/", "LensModel"): "lens",
    ("http://ns.adobe.com/exif/1.0/", "UserComment"): "comment",
    ("http://ns.adobe.com/exif/1.0/", "DateTimeOriginal"): "taken",
    ("http://purl.org/dc/terms/", "provenance"): "remote_credentials",
    ("http://purl.org/dc/elements/1.1/", "description"): "description",
}
_PERSONAL = {
    ("http://purl.org/dc/elements/1.1/", "creator"): "creator",
    ("http://purl.org/dc/elements/1.1/", "rights"): "rights",
    ("http://ns.adobe.com/exif/1.0/aux/", "OwnerName"): "owner",
    ("http://ns.adobe.com/exif/1.0/aux/", "SerialNumber"): "camera serial number",
    ("http://ns.adobe.com/photoshop/1.0/", "AuthorsPosition"): "author's position",
}
_AGENT = ("http://ns.adobe.com/xap/1.0/sType/ResourceEvent#", "softwareAgent")
_PLACE = "http://ns.adobe.com/exif/1.0/"


@dataclass
class Packet:
    """Fields by our own names, programs of the editing history in order, personal fields by name,
    and whether coordinates are there."""

    fields: dict[str, str] = field(default_factory=dict)
    agents: list[str] = field(default_factory=list)
    personal: set[str] = field(default_factory=set)
    location: bool = False


class PacketUnreadableError(ValueError):
    """The packet is too large, no XML, or XML with entities."""


def scan(path: Path) -> list[bytes]:
    """Packets in the first and the last ``_SCAN`` bytes of a file of any kind, at most four."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        parts = [stream.read(_SCAN)]
        if size > _SCAN:
            stream.seek(max(_SCAN, size - _SCAN))
            parts.append(stream.read(_SCAN))
    found: list[bytes] = []
    for part in parts:
        at = part.find(_OPEN)
        while at >= 0 and len(found) < 4:
            end = part.find(_CLOSE, at, at + LARGEST)
            if end < 0:
                break
            found.append(part[at : end + len(_CLOSE)])
            at = part.find(_OPEN, end)
    return found


def parse(packet: bytes) -> Packet:
    """Raises PacketUnreadableError."""
    if len(packet) > LARGEST:
        raise PacketUnreadableError("too large")
    begin = packet.find(b"<x:xmpmeta")
    text = packet[max(begin, 0) :].rstrip(b"\0 \n\r\t")
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError, RecursionError, LookupError) as error:
        raise PacketUnreadableError(type(error).__name__) from error
    found = Packet()
    for number, element in enumerate(root.iter()):
        if number > _MOST_ELEMENTS:
            break
        _take(element.tag, _text(element), found)
        for name, value in element.attrib.items():
            _take(name, value, found)
    return found


def _take(tag: object, value: str, found: Packet) -> None:
    if not isinstance(tag, str) or not tag.startswith("{") or not value.strip():
        return
    namespace, _, local = tag[1:].partition("}")
    key = (namespace, local)
    if key == _AGENT:
        if value not in found.agents:
            found.agents.append(value)
    elif key in _SIMPLE:
        found.fields.setdefault(_SIMPLE[key], value.strip())
    elif key in _PERSONAL:
        found.personal.add(_PERSONAL[key])
    elif namespace == _PLACE and local in {"GPSLatitude", "GPSLongitude"}:
        found.location = True


def _text(element: Element) -> str:
    """The text of an element, or of the first item of the list in it."""
    if element.text and element.text.strip():
        return element.text
    for child in element.iter():
        if child is not element and child.text and child.text.strip():
            return child.text
    return ""
