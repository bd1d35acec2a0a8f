"""What the detectors and their cards say, in other languages (see :mod:`foundation.retelling`).

A finding stays as it was written, in English. Whoever shows it asks :func:`told` for the reader's
language. Detectors of others have no words here: what they say is shown as they said it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from foundation.resources import Catalogue
from foundation.retelling import Retelling

FOLDER = Path(__file__).resolve().parent / "locale"
DOMAIN = "detectors"

#: Single words that a template puts in, and forms that join them; longer ones are read from the
#: source.
WORDS = (
    "Cuts", "Measured by", "What", "When", "above", "abstained", "after", "are", "audio", "before",
    "below", "bluer", "carries", "carry", "digital silence", "document", "failed", "image", "is",
    "lack", "lacks", "left", "once", "one", "other", "photographs", "picture", "recorded",
    "redder", "repeat", "repeats", "right", "seem", "seems", "show", "shows", "silence", "sound",
    "speech", "starts", "stops", "synthetic", "video", "was", "were", "{a} and {b}", "{a} or {b}",
    "One part", "one part", "the {a}", "Against that:", "What else is known agrees.",
    "What is known apart from measurements speaks {a}.",
    "A person has to weigh the one against the other.",
)  # fmt: skip

#: Formats, codecs, libraries, networks and the curves of a picture are called the same everywhere.
NAMES = frozenset("ABCDEFGH") | frozenset(
    {
        "AAC", "AASIST", "AASIST-L", "MP3", "RawGAT-ST", "aac", "ac3", "amr_nb", "amr_wb", "eac3",
        "flac", "gsm", "gsm_ms", "mp2", "mp3", "onnxruntime", "opus", "speex", "torch", "vorbis",
        "wmav2",
    }
)  # fmt: skip

#: Templates that quote a program, a file or a plugin, and the places where they do.
QUOTING = {
    "The detector stopped with an error ({a}).": "a",
    "The plugin is installed but cannot be used: {a}": "a",
    "The library {a} that this detector runs on is not installed. {b}": "a",
    "Install it: pip install {a}.": "a",
    "The network {a} was not run.": "a",
    "The network {a} could not be run. {b}": "a",
    "The network {a} returned numbers that are not finite.": "a",
    "Decoding {a} failed; the file is damaged there ({b}).": "b",
    "The network was trained {a} ({b}).": "ab",
    "The card of {a} names no tolerance.": "a",
    "{a} ({b}) has not been fetched: run `probity pull {c}`.": "AC",
    "The network {a} has not been prepared on this machine, and {b} is not installed. Run: pip "
    "install 'probity-platform[torch]', then: probity models prepare {c}. Afterwards torch is not "
    "needed any more.": "abc",
    "The prepared form of {a} differs from the network by {b}, more than {c}; it was not kept. Try "
    "another version of torch.": "a",
    "No network is installed for {a}: none ships with Probity yet, because none has beaten the "
    "dumb probes on media it had never met. Train one on media of your own with: probity train "
    "{b} --data FOLDER.": "AB",
    "No network is called {a}.": "a",
    "No network is called {a}. Known: {b}.": "ab",
    "The network {a} is known here as ONNX only.": "a",
    "The network {a} has other weights on this machine ({b}) than the job was made for ({c}). Give "
    "all machines the same.": "abc",
    "The network broke off on these tensors ({a}).": "a",
    "It cannot be used here ({a}).": "a",
    "{a} does not hand out resource {b} ({c}). Try again later, or set {d} to a folder or an "
    "address that has it.": "abcd",
    "Resource {a} could not be fetched from {b} ({c}). Check the connection, or set {d} to a "
    "folder or an address that has it.": "abcd",
    "{a} is {b}, which is neither a folder nor an https address.": "ab",
    "Resource {a} is larger than its {b} bytes; it was refused and nothing was kept.": "a",
    "Resource {a} has {b} bytes instead of {c}; it was refused and nothing was kept.": "a",
    "Resource {a} is not the pinned file: its SHA-256 is {b}, {c} is expected. It was refused and "
    "nothing was kept.": "abc",
    "Resource {a} could not be copied from {b}: {c}.": "abc",
}

ENGINE = Retelling(FOLDER, DOMAIN, names=NAMES, quoting=QUOTING)
told = ENGINE.told


def card_texts() -> Iterator[tuple[str, str]]:
    """What the cards of the built-in detectors say, each text with its file."""
    from detectors.card import load  # reading cards needs YAML; telling a sentence does not

    root = Path(__file__).resolve().parent
    for path in sorted(root.glob("*/*.yaml")):
        card = load(path)
        name = path.relative_to(root.parent).as_posix()
        texts = [card.name, card.summary, card.score.meaning, *card.limits]
        texts += [one.set for one in card.strength]
        texts += [text for rate in card.error_rates for text in (rate.measure, rate.condition)]
        yield from ((" ".join(text.split()), name) for text in texts)


def listed() -> Iterator[tuple[str, str]]:
    """What is not read from the modules' source: single words, and the cards."""
    yield from ((word, "detectors/languages.py") for word in WORDS)
    yield from card_texts()
    for one in Catalogue.load("detectors"):
        yield one.what, "detectors/resources.yaml"
