"""Media for demonstrations, made at this moment: drawn, spoken, signed, sealed, and tampered with.

Nothing is recorded and nobody is shown. The pictures, sounds and clips come from the factory that
also makes the ground truth of the detectors' own tests (:mod:`detectors.ground_truth`); credentials
are signed with a certificate of the development authority, which nobody trusts.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from detectors.ground_truth import clips, images, sounds
from detectors.ground_truth.images import Kind
from detectors.ground_truth.scenes import Pixels, picture
from provenance import watermark
from provenance.signing import AI, Keystore, Signer, Subject, Work, sign, signer

from .watermark_key import mark_key

SIZE = (1024, 768)
IDENTITY = "demonstration"
WORK_ID = b"demo-one"
APP11, START_OF_SCAN = 0xEB, 0xDA


@dataclass(frozen=True)
class Studio:
    """Where things are made (an empty folder of their own), and from which seed."""

    folder: Path
    seed: int

    def drawn(self, *, name: str = "drawn", quality: int = 93) -> Path:
        """The picture that several pieces begin from."""
        return self.kept(f"{name}.jpg", images.jpeg(self.scene(), quality))

    def scene(self) -> Pixels:
        """Its pixels: the same for one seed."""
        return picture(self.seed, size=SIZE)

    def kept(self, name: str, data: bytes) -> Path:
        """A file of the studio."""
        path = self.folder / name
        path.write_bytes(data)
        return path

    def signer(self) -> Signer:
        """A signer of the development authority, made for this studio and gone with it."""
        store = Keystore(self.folder / "identities")
        store.create(IDENTITY, Subject(name="Probity demonstration"), for_development=True)
        return signer(store, IDENTITY)

    def signed(self, path: Path, work: Work) -> Path:
        """The file with Content Credentials."""
        out = path.with_name(f"signed-{path.name}")
        sign(path, out, signer=self.signer(), work=work)
        return out


def make(name: str, *, folder: Path, seed: int) -> Path:
    """Make one piece in ``folder`` (empty). Raises KeyError for a name that there is not."""
    return MAKERS[name](Studio(folder, seed))


def _signed(studio: Studio) -> Path:
    return studio.signed(studio.drawn(), Work(source="camera"))


def _generated(studio: Studio) -> Path:
    return studio.signed(studio.drawn(), Work(ai=AI.GENERATED))


def _tampered(studio: Studio) -> Path:
    """A part is painted over after signing, and the credentials are kept."""
    signed = _signed(studio)
    altered = images.jpeg(_painted_over(studio.scene(), studio.seed), 93)
    return studio.kept("tampered.jpg", with_credentials_of(signed.read_bytes(), altered))


def _stripped(studio: Studio) -> Path:
    """The signed picture as a messenger passes it on: encoded anew, nothing of its origin left."""
    return studio.kept(
        "stripped.jpg", images.jpeg(images.decoded(_signed(studio).read_bytes()), 80)
    )


def _near_copy(studio: Studio) -> Path:
    """The same scene, a little smaller, saved strongly."""
    shown = Image.fromarray(studio.scene()).resize((900, 675), Image.Resampling.LANCZOS)
    return studio.kept("near.jpg", images.jpeg(np.asarray(shown), 72))


def _altered(kind: Kind) -> Callable[[Studio], Path]:
    def made(studio: Studio) -> Path:
        truth = images.make(kind, seed=studio.seed, size=SIZE)
        return studio.kept(f"{kind}{truth.suffix}", truth.altered)

    return made


def _twice(studio: Studio) -> Path:
    """A picture that was a stronger JPEG before; nothing else was done to it."""
    before = images.decoded(images.jpeg(studio.scene(), 62))
    return studio.kept("twice.jpg", images.jpeg(before, 92))


def _sealed(studio: Studio) -> Path:
    """Sealed with this installation's own key, then painted over."""
    sealed = studio.folder / "sealed.png"
    drawn = studio.kept("drawn.png", images.png(studio.scene()))
    watermark.embed(drawn, sealed, scheme="seal", payload=WORK_ID, key=mark_key())
    altered = _painted_over(images.decoded(sealed.read_bytes()), studio.seed)
    return studio.kept("sealed-edited.jpg", images.jpeg(altered, 95))


def _parameters(studio: Studio) -> Path:
    """Metadata as image generators write them."""
    said = PngInfo()
    said.add_text(
        "parameters",
        "a crowd before a town hall, evening light\nSteps: 30, Sampler: Euler a, CFG scale: 7, "
        f"Seed: {studio.seed}, Size: 1024x768, Model: demonstration-model",
    )
    out = io.BytesIO()
    Image.fromarray(studio.scene()).save(out, "PNG", pnginfo=said)
    return studio.kept("parameters.png", out.getvalue())


def _hum(studio: Studio) -> Path:
    made = sounds.hum_broken(seed=studio.seed % 1000)
    return sounds.write_wav(studio.folder / "call.wav", made.altered, rate=made.rate)


def _joined_sound(studio: Studio) -> Path:
    made = sounds.spliced(seed=studio.seed % 1000)
    return sounds.write_wav(studio.folder / "joined.wav", made.altered, rate=made.rate)


def _speaker(studio: Studio) -> Path:
    clip = clips.talking(seed=studio.seed, seconds=9.0)
    return clips.write(studio.folder / "clip.mp4", clips.stopped(clip, at=4.0, seconds=1.0))


def _figure(studio: Studio) -> Path:
    """A drawn figure, still; it shows nobody and nothing intimate."""
    frame = clips.talking(seed=studio.seed, seconds=0.4, size=(960, 720)).frames[-1]
    return studio.kept("figure.jpg", images.jpeg(frame, 90))


def _painted_over(pixels: Pixels, seed: int) -> Pixels:
    box = images.place(seed, size=SIZE, share=0.22)
    part = images.cut(picture(seed + images.OTHER, size=SIZE), box)
    return images.pasted(pixels, part, box)


def with_credentials_of(signed: bytes, plain: bytes) -> bytes:
    """One JPEG's C2PA segments (APP11, ISO 19566-5) put into another, right after its start."""
    carried = b"".join(piece for marker, piece in _segments(signed) if marker == APP11)
    return plain[:2] + carried + plain[2:]


def _segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """The marker segments before the picture data (ITU-T T.81, annex B)."""
    found, at = [], 2
    while jpeg[at + 1] != START_OF_SCAN:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        found.append((jpeg[at + 1], jpeg[at:end]))
        at = end
    return found


MAKERS: Mapping[str, Callable[[Studio], Path]] = {
    "signed-picture": _signed,
    "tampered-picture": _tampered,
    "stripped-picture": _stripped,
    "near-copy": _near_copy,
    "spliced-picture": _altered(Kind.SPLICE),
    "copied-part": _altered(Kind.COPY_MOVE),
    "unlike-light": _altered(Kind.LIGHT),
    "compressed-twice": _twice,
    "sealed-picture": _sealed,
    "declared-generated": _generated,
    "generator-metadata": _parameters,
    "broken-hum": _hum,
    "joined-sound": _joined_sound,
    "talking-clip": _speaker,
    "drawn-figure": _figure,
}
"""How each piece is made, by its name."""
