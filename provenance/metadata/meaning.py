"""From gathered texts to what they mean: pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provenance import declarations, plain_names
from provenance.metadata import camera as cameras
from provenance.metadata import generators
from provenance.metadata.gathered import Gathered
from provenance.metadata.xmp import Packet
from provenance.text import shown, shown_or_none

MOST_FIELDS = 60
_GENERATED = {"trainedAlgorithmicMedia"}
_EDITED = {"compositeWithTrainedAlgorithmicMedia"}
_HIDDEN_KEYS = {
    "comment", "description", "make", "model", "prompt", "workflow", "parameters", "dream",
    "invokeai_metadata", "invokeai_graph", "sd-metadata", "handler_name", "vendor_id",
}  # fmt: skip
_SAYS_WHO = {"program", "credit", "source"}
_ENCODER_KEYS = ("encoder", "encoded_by", "encoding_tool", "isft", "tool")
_CANNOT_BE_TRUSTED = "Metadata are not signed: anybody can write or remove them."


def meaning(gathered: Gathered, packets: Sequence[Packet]) -> dict[str, Any]:
    """The members of a MetadataRecord that come from the file's content."""
    fields = _merged(packets)
    source_type = declarations.source_type(fields.get("source_type"))
    software = shown_or_none(_plain(gathered.exif.get("software"))) or shown_or_none(
        fields.get("software") or _text_of(gathered, ("software", "creator_tool"))
    )
    agents = list(dict.fromkeys(shown(agent) for packet in packets for agent in packet.agents))[:20]
    generator = generators.find(gathered.texts) or _named_generator(
        fields, software, agents, gathered.texts
    )
    camera = _camera(gathered, fields)
    edited_with = cameras.editors([software or "", *agents, *_programs(gathered)])
    record: dict[str, Any] = {
        "digital_source_type": source_type,
        "generator": generator.to_dict() if generator else None,
        "camera": camera,
        "software": software,
        "edited_with": agents,
        "edit_software": edited_with,
        "camera_checks": cameras.checks(
            camera,
            gathered.exif,
            size=gathered.size,
            thumbnail=gathered.thumbnail,
            edited_with=edited_with,
        )
        if camera
        else [],
        "container_brand": shown_or_none(gathered.brand),
        "encoder": _encoder(gathered),
        "encoder_traces": [shown(trace, longest=80) for trace in gathered.traces],
        "location_present": gathered.location or any(packet.location for packet in packets),
        "personal_present": _personal(gathered, packets),
        "thumbnail": gathered.thumbnail,
        "fields": _fields(gathered, fields),
        "not_read": gathered.not_read,
    }
    record["ai_use"] = _ai_use(record)
    record["contradictions"] = _contradictions(record)
    record["sentence"] = _sentence(record)
    record["details"] = _details(record, fields)
    return record


def _programs(gathered: Gathered) -> list[str]:
    """Names that programs left elsewhere than in the usual field."""
    keys = {"program", "software", "encoder", "coding_history", "creator_tool"}
    told = [text for _, key, text in gathered.texts if key.lower() in keys]
    plain = _plain(gathered.exif.get("processing"))
    return [*told, *gathered.traces, *([plain] if plain else [])]


def _merged(packets: Sequence[Packet]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for packet in packets:
        for key, value in packet.fields.items():
            merged.setdefault(key, value)
    return merged


def _plain(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace").rstrip("\0")
    return value if isinstance(value, str) else None


def _text_of(gathered: Gathered, keys: Sequence[str]) -> str | None:
    return next((text for _, key, text in gathered.texts if key.lower() in keys), None)


def _named_generator(
    fields: dict[str, str],
    software: str | None,
    agents: Sequence[str],
    texts: Sequence[tuple[str, str, str]],
) -> generators.Generator | None:
    if system := fields.get("ai_system"):
        told = {"version": fields.get("ai_version"), "prompt": fields.get("ai_prompt")}
        parameters = {key: shown(value, longest=600) for key, value in told.items() if value}
        return generators.Generator(shown(system), parameters, "xmp")
    for source, text in (
        ("software", software), ("credit", fields.get("credit")),
        *(("iptc", text) for where, key, text in texts if where == "iptc" and key in _SAYS_WHO),
        *(("editing history", agent) for agent in agents),
    ):  # fmt: skip
        if text and (name := generators.named(text)):
            return generators.Generator(name, {}, source)
    return None


def _camera(gathered: Gathered, fields: dict[str, str]) -> dict[str, str | None] | None:
    def known(key: str, tag: str = "") -> str | None:
        value = _plain(gathered.exif.get(key)) or fields.get(key)
        return shown_or_none(value or (_text_of(gathered, (tag,)) if tag else None))

    make, model = known("make", "make"), known("model", "model")
    if make and make.startswith(("workflow:", "prompt:")):
        return None
    if not make and not model:
        return None
    return {"make": make, "model": model, "lens": known("lens"), "taken": known("taken")}


def _encoder(gathered: Gathered) -> str | None:
    for source in ("container", "stream"):
        for where, key, text in gathered.texts:
            if where == source and key.lower() in _ENCODER_KEYS:
                return shown(text)
    return None


def _personal(gathered: Gathered, packets: Sequence[Packet]) -> list[str]:
    found: set[str] = set(gathered.exif.get("personal", ()))
    for packet in packets:
        found |= packet.personal
    if any(key.lower() in {"author", "artist", "copyright"} for _, key, _ in gathered.texts):
        found.add("author")
    return sorted(found)


def _fields(gathered: Gathered, fields: dict[str, str]) -> list[dict[str, str]]:
    """What else is worth showing; never places, people or the generator's own settings."""
    found: list[dict[str, str]] = []
    for key in ("taken", "changed", "aperture", "exposure", "iso", "focal_length", "processing"):
        value = gathered.exif.get(key)
        if value is not None:
            found.append({"name": key, "value": shown(_plain(value) or value), "source": "exif"})
    if fields.get("credit"):
        found.append({"name": "credit", "value": shown(fields["credit"]), "source": "xmp"})
    for source, key, text in gathered.texts:
        lowered = key.lower()
        if lowered in _HIDDEN_KEYS or any(word in lowered for word in ("author", "artist", "gps")):
            continue
        found.append({"name": shown(key, longest=60), "value": shown(text), "source": source})
    handlers = dict.fromkeys(text for _, key, text in gathered.texts if key == "handler_name")
    found += [{"name": "handler", "value": shown(text), "source": "stream"} for text in handlers]
    return found[:MOST_FIELDS]


def _ai_use(record: dict[str, Any]) -> str:
    if record["digital_source_type"] in _GENERATED:
        return declarations.GENERATED
    if record["digital_source_type"] in _EDITED:
        return declarations.EDITED
    if record["generator"]:
        edited = record["generator"]["source"] == "editing history"
        return declarations.EDITED if edited else declarations.GENERATED
    told = (record["digital_source_type"], record["camera"], record["software"], record["encoder"])
    return declarations.NONE_DECLARED if any(told) else declarations.UNKNOWN


def _contradictions(record: dict[str, Any]) -> list[str]:
    found = []
    camera, generator, kind = (
        record["camera"], record["generator"], record["digital_source_type"],
    )  # fmt: skip
    if camera and generator and generator["source"] != "editing history":
        found.append(
            f"The metadata name a camera ({_camera_name(camera)}) and an image generator "
            f"({generator['name']}) at once."
        )
    if kind in {"digitalCapture", "computationalCapture"} and generator:
        found.append(
            f"The metadata say that the content was captured, and name the generator "
            f"{generator['name']}."
        )
    if camera and kind in _GENERATED:
        found.append(
            f"The metadata name a camera ({_camera_name(camera)}) and say that the content was "
            "generated by AI."
        )
    if (record["thumbnail"] or {}).get("matches") is False:
        found.append(
            "The small preview inside the file does not show the same as the picture: the picture "
            "was changed after the preview was made."
        )
    worth_saying = {"make", "lens", "time"}
    found += [
        check["sentence"]
        for check in record["camera_checks"]
        if check["fits"] is False and check["what"] in worth_saying
    ]
    return found


def _sentence(record: dict[str, Any]) -> str:
    words = plain_names.source(record["digital_source_type"])
    if record["contradictions"]:
        return str(record["contradictions"][0])
    if record["ai_use"] != declarations.UNKNOWN and record["generator"]:
        settings = ", with its settings" if record["generator"]["parameters"] else ""
        return f"The metadata name the generator {record['generator']['name']}{settings}."
    if words:
        return f"The metadata say that the content is {words}."
    if record["camera"]:
        software = f"; last written by {record['software']}" if record["software"] else ""
        return f"The metadata name a camera: {_camera_name(record['camera'])}{software}."
    if record["software"] or record["edited_with"]:
        return f"The metadata name the program {record['software'] or record['edited_with'][-1]}."
    if encoder := record["encoder"] or next(iter(record["encoder_traces"]), None):
        return f"The file was last written by the encoder {encoder}."
    return (
        "No metadata that say how the content was made. Most platforms remove them, so this says "
        "nothing about whether it is genuine."
    )


def _details(record: dict[str, Any], fields: dict[str, str]) -> list[str]:
    found = list(record["contradictions"][1:])
    if record["location_present"]:
        found.append("The file holds coordinates of a place; they are not shown.")
    if record["personal_present"]:
        found.append(
            f"These fields are filled and not shown: {', '.join(record['personal_present'])}."
        )
    if fields.get("remote_credentials"):
        found.append("The metadata point to Content Credentials on a server; nothing was fetched.")
    if record["edit_software"] and record["camera"]:
        names = ", ".join(record["edit_software"])
        found.append(f"After the camera, the file was written by {names}.")
    if record["ai_use"] != declarations.UNKNOWN or record["fields"]:
        found.append(_CANNOT_BE_TRUSTED)
    return [*found, *record["not_read"]]


def _camera_name(camera: dict[str, str | None]) -> str:
    make, model = camera["make"] or "", camera["model"] or ""
    return model if model.startswith(make) else f"{make} {model}".strip()
