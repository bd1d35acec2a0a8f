"""The faces of one file as bytes and back, exactly: measured once, used by every later run.

The bytes are a NumPy archive without pickles. Crops lie in it as one FFV1 stream, which loses
nothing; landmarks as differences from frame to frame with their bytes sorted by weight. Places,
shapes and pictures are kept, never an embedding. Child only: what is read may have been made from a
hostile file. What opens films is loaded only there: servers import this module for its names.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.faces.tracks import CROP, Crops, Faces, Track, Window

VERSION = 1
PRODUCER = f"detectors.faces {VERSION}"
MOST_BYTES = 512 * 1024**2
MOST_TRACKS = 4096
PARTS = ("times", "boxes", "score", "points", "blendshapes", "pose", "usable", "index", "transform")
PLAIN = ("rate", "landmarks", "whole", "width", "height", "finder")


class NotKept(ValueError):
    """The bytes are not the faces of this file as these models see them: look again."""


def pack(faces: Faces, *, identity: Mapping[str, Any]) -> bytes:
    """An archive of everything in ``faces``; ``identity`` (JSON-able) must match to read it."""
    about = {
        "version": VERSION,
        "identity": dict(identity),
        "windows": [[window.start, window.end] for window in faces.windows],
        "cuts": list(faces.cuts),
        "people": [track.person for track in faces.tracks],
        **{name: getattr(faces, name) for name in PLAIN},
    }
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        "model": faces.model,
        "crops": np.frombuffer(_film(faces), dtype=np.uint8),
    }
    for number, track in enumerate(faces.tracks):
        for name in PARTS:
            held = track.crops if name in ("index", "transform") else track
            value = getattr(held, name)
            arrays[f"{number}.{name}"] = _sorted(value) if name == "points" else value
    out = io.BytesIO()
    # the shape of points is known from times; an empty second axis means boxes alone
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def unpack(data: bytes, *, identity: Mapping[str, Any]) -> Faces:
    """The inverse of :func:`pack`. Raises :class:`NotKept` for anything else."""
    if len(data) > MOST_BYTES:
        raise NotKept("too large")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            about = json.loads(archive["about"].tobytes())
            if about["version"] != VERSION or about["identity"] != dict(identity):
                raise NotKept("made from another file, or by other models")
            return _faces(archive, about)
    except NotKept:
        raise
    except Exception as error:
        raise NotKept(type(error).__name__) from error


def _faces(archive: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> Faces:
    people = [int(person) for person in about["people"]][:MOST_TRACKS]
    counts = [len(archive[f"{number}.index"]) for number in range(len(people))]
    crops = _pictures(archive["crops"].tobytes(), count=sum(counts))
    tracks, first = [], 0
    for number, person in enumerate(people):
        part = {name: archive[f"{number}.{name}"] for name in PARTS}
        images = crops[first : first + counts[number]]
        first += counts[number]
        images.flags.writeable = False
        kept = Crops(images=images, index=part.pop("index"), transform=part.pop("transform"))
        part["points"] = _unsorted(part["points"])
        tracks.append(Track(person=person, crops=kept, **part))
    return Faces(
        tracks=tuple(tracks),
        windows=tuple(Window(start=start, end=end) for start, end in about["windows"]),
        cuts=tuple(about["cuts"]),
        model=archive["model"],
        **{name: about[name] for name in PLAIN},
    )


def _sorted(points: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Differences from frame to frame of the numbers' bits, bytes of one weight together: (4, N,
    K, 3). It takes a third less room than the numbers themselves."""
    bits = np.ascontiguousarray(points, dtype=np.float32).view(np.uint32)
    change = np.diff(bits, axis=0, prepend=np.zeros((1, *bits.shape[1:]), np.uint32))
    return np.moveaxis(change[..., None].view(np.uint8), -1, 0)


def _unsorted(change: NDArray[np.uint8]) -> NDArray[np.float32]:
    bits = np.ascontiguousarray(np.moveaxis(change, 0, -1)).view(np.uint32)[..., 0]
    whole = np.cumsum(bits, axis=0, dtype=np.uint32)
    return np.asarray(whole.view(np.float32))


def _film(faces: Faces) -> bytes:
    """All crops of all tracks, one after the other, without loss."""
    import av

    out = io.BytesIO()
    if not any(len(track.crops.images) for track in faces.tracks):
        return b""
    with av.open(out, "w", format="matroska", options={"fflags": "+bitexact"}) as film:
        stream: Any = film.add_stream("ffv1", rate=25)
        stream.width = stream.height = CROP
        stream.pix_fmt = "bgr0"
        for track in faces.tracks:
            for image in track.crops.images:
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
                film.mux(stream.encode(frame.reformat(format="bgr0")))
        film.mux(stream.encode(None))
    return out.getvalue()


def _pictures(film: bytes, *, count: int) -> NDArray[np.uint8]:
    import av

    images = np.empty((count, CROP, CROP, 3), dtype=np.uint8)
    if not count:
        return images
    place = 0
    with av.open(io.BytesIO(film), "r", format="matroska") as media:
        for frame in media.decode(video=0):
            images[place] = frame.to_ndarray(format="rgb24")
            place += 1
    if place != count:
        raise NotKept("pictures are missing")
    return images
