"""Settings that image generators write into their pictures, and the names they go by.

The forms are those that the programs themselves write: Stable Diffusion web UI and its kin
(``parameters``), ComfyUI (``prompt``, ``workflow``), InvokeAI (``invokeai_metadata``,
``sd-metadata``, ``Dream``), NovelAI (``Software``, ``Comment``), Fooocus (``fooocus_scheme``),
SwarmUI (``sui_image_params``), Midjourney (``Description`` with a job number).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from provenance.text import shown

LONGEST = 600
MOST = 30
_LARGEST_JSON = 1024 * 1024
_SETTINGS = re.compile(r"\bSteps: \d+, .{0,4000}?\b(?:Sampler|Seed|CFG scale): ", re.DOTALL)
_PAIR = re.compile(r'([A-Z][\w \-]{1,40}): ("(?:[^"\\]|\\.){0,400}"|[^,]{1,200})(?:,|$)')
_JOB = re.compile(r"\bJob ID: [0-9a-f-]{30,40}")

NAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"\bfirefly\b", "Adobe Firefly"),
        (r"\bdall[\s·.-]?e\b", "DALL-E"),
        (r"\b(?:chatgpt|gpt-?4o|gpt-image)\b|\bopenai\b", "OpenAI"),
        (r"\bmidjourney\b", "Midjourney"),
        (r"\bnovelai\b", "NovelAI"),
        (r"\bcomfyui\b", "ComfyUI"),
        (r"\binvoke\s?ai\b", "InvokeAI"),
        (r"\bstable[\s-]?diffusion\b|\bautomatic1111\b|\bsdxl\b", "Stable Diffusion"),
        (r"\bfooocus\b", "Fooocus"),
        (r"\bbing image creator\b|\bdesigner\b.*\bmicrosoft\b", "Microsoft Image Creator"),
        (r"\bmade with google ai\b|\bgoogle imagen\b|\bgemini\b", "Google AI"),
        (r"\bimagined with ai\b", "Meta AI"),
        (r"\bideogram\b", "Ideogram"),
        (r"\bleonardo\.?ai\b", "Leonardo.Ai"),
        (r"\bblack forest labs\b|\bflux[. ]?1\b", "FLUX"),
        (r"\bstability\.?ai\b", "Stability AI"),
        (r"\brecraft\b", "Recraft"),
        (r"\brunwayml\b|\brunway gen-?\d\b", "Runway"),
        (r"\bpika labs\b", "Pika"),
        (r"\bdraw things\b", "Draw Things"),
        (r"\bwombo\b", "WOMBO Dream"),
        (r"\belevenlabs\b", "ElevenLabs"),
        (r"\bsuno\b(?: ai)?", "Suno"),
        (r"\budio\b(?!.)", "Udio"),
    )
)


@dataclass(frozen=True)
class Generator:
    """Name, its settings as short texts, and where they stand."""

    name: str
    parameters: dict[str, str]
    source: str

    def to_dict(self) -> dict[str, Any]:
        """The members."""
        return {"name": self.name, "parameters": self.parameters, "source": self.source}


def find(texts: Iterable[tuple[str, str, str]]) -> Generator | None:
    """The first generator whose settings stand in the texts (source, key, text)."""
    listed = list(texts)
    for reader in _READERS:
        for source, key, text in listed:
            found = reader(Text(key.lower(), text, listed))
            if found is not None:
                name, parameters = found
                return Generator(name, _short(parameters), f"{source} {shown(key, longest=40)}")
    return None


def named(text: str) -> str | None:
    """The generator that a program's name or a credit line names."""
    return next((name for pattern, name in NAMES if pattern.search(text[:2000])), None)


Found = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Text:
    """One text under its key (in small letters), and all texts of the file beside it."""

    key: str
    text: str
    beside: list[tuple[str, str, str]]


def _comfy(given: Text) -> Found | None:
    """A graph of nodes; in WebP it stands in EXIF make and model, with the key before it."""
    body = re.sub(r"^(?:prompt|workflow):", "", given.text, count=1)
    if given.key not in {"prompt", "workflow", "make", "model", "comment"} or not _like_json(body):
        return None
    graph = _json(body)
    if given.key == "comment" and isinstance(graph, dict) and {"prompt", "workflow"} & set(graph):
        graph = graph.get("prompt") or graph.get("workflow")
        graph = _json(graph) if isinstance(graph, str) else graph
    if not isinstance(graph, dict):
        return None
    nodes = [node for node in graph.values() if isinstance(node, dict) and "class_type" in node]
    if nodes:
        return "ComfyUI", _comfy_settings(nodes[:2000])
    listed = graph.get("nodes")
    if isinstance(listed, list) and "links" in graph:
        kinds = [str(node.get("type")) for node in listed[:2000] if isinstance(node, dict)]
        return "ComfyUI", {"nodes": ", ".join(dict.fromkeys(kinds))}
    return None


def _comfy_settings(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = (
        "seed", "noise_seed", "steps", "cfg", "sampler_name", "scheduler", "denoise", "ckpt_name",
        "unet_name", "lora_name", "width", "height", "text",
    )  # fmt: skip
    found: dict[str, Any] = {}
    for node in nodes:
        inputs = node.get("inputs")
        for name in wanted if isinstance(inputs, dict) else ():
            value = inputs.get(name) if isinstance(inputs, dict) else None
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                place = name if name not in found else f"{name} {len(found)}"
                found.setdefault(place, value)
    return found


def _invoke(given: Text) -> Found | None:
    if given.key == "dream":
        return "InvokeAI", {"command": given.text}
    keys = {"invokeai_metadata", "invokeai_graph", "sd-metadata"}
    if given.key in keys and _like_json(given.text):
        value = _json(given.text)
        if isinstance(value, dict):
            inner = value.get("image")
            return "InvokeAI", _flat({**value, **(inner if isinstance(inner, dict) else {})})
    return None


def _novel(given: Text) -> Found | None:
    if given.key != "comment" or not _like_json(given.text):
        return None
    keys = {name.lower(): value for _, name, value in given.beside}
    if "novelai" not in (keys.get("software", "") + keys.get("source", "")).lower():
        return None
    value = _json(given.text)
    return ("NovelAI", _flat(value)) if isinstance(value, dict) else None


def _json_settings(given: Text) -> Found | None:
    """Programs that keep the key ``parameters`` and write JSON under it."""
    if given.key not in {"parameters", "comment", "fooocus_scheme"} or not _like_json(given.text):
        return None
    value = _json(given.text)
    if not isinstance(value, dict):
        return None
    if isinstance(inner := value.get("sui_image_params"), dict):
        return "SwarmUI", _flat(inner)
    lowered = {str(name).lower() for name in value}
    keys = {name.lower() for _, name, _ in given.beside}
    if "fooocus_scheme" in keys or any("fooocus" in str(item).lower() for item in value.values()):
        return "Fooocus", _flat(value)
    if {"seed", "steps"} <= lowered and {"prompt", "c", "sampler"} & lowered:
        return "an image generator", _flat(value)
    return None


def _web_ui(given: Text) -> Found | None:
    """The three-part text of Stable Diffusion web UI: prompt, negative prompt, settings."""
    if not (match := _SETTINGS.search(given.text[:200_000])):
        return None
    at = match.start()
    before, settings = given.text[:at], given.text[at : at + 8000]
    prompt, _, negative = before.partition("Negative prompt:")
    found: dict[str, Any] = {"prompt": prompt.strip(), "negative prompt": negative.strip()}
    found.update({name: value.strip('" ') for name, value in _PAIR.findall(settings)})
    version = str(found.get("Version", ""))
    name = "Stable Diffusion web UI"
    if version.startswith("ComfyUI"):
        name = "ComfyUI"
    elif version.startswith("f"):
        name = "Stable Diffusion web UI Forge"
    return name, {key: value for key, value in found.items() if value}


def _job(given: Text) -> Found | None:
    if given.key not in {"description", "comment"} or not (match := _JOB.search(given.text)):
        return None
    return "Midjourney", {"description": given.text[: match.start()].strip(), "job": match.group(0)}


_READERS: tuple[Callable[[Text], Found | None], ...] = (
    _comfy, _invoke, _novel, _json_settings, _web_ui, _job,
)  # fmt: skip


def _like_json(text: str) -> bool:
    return len(text) <= _LARGEST_JSON and text.lstrip()[:1] == "{"


def _json(text: str) -> Any:
    try:
        return json.loads(re.sub(r"\bNaN\b", "null", text))
    except (ValueError, RecursionError):
        return None


def _flat(value: dict[str, Any]) -> dict[str, Any]:
    """The plain members; of nested ones only that they are there would help nobody."""
    return {
        str(key): item
        for key, item in value.items()
        if isinstance(item, str | int | float) and not isinstance(item, bool)
    }


def _short(parameters: dict[str, Any]) -> dict[str, str]:
    items = list(parameters.items())[:MOST]
    return {shown(key, longest=60): shown(value, longest=LONGEST) for key, value in items}
