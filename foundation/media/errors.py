"""Why a file is not taken, each kind by itself."""

from __future__ import annotations

from typing import ClassVar

from foundation.errors import Refusal


class MediaRefusal(Refusal):
    """A file was not taken as media."""

    code: ClassVar[str] = "media-refused"


class EmptyFile(MediaRefusal):
    """The file has no bytes."""

    code: ClassVar[str] = "empty-file"


class UnreadableMedia(MediaRefusal):
    """The kind is known, but too much of the file is damaged or missing."""

    code: ClassVar[str] = "unreadable-media"


class UnsupportedMedia(MediaRefusal):
    """The bytes are no picture, video or sound that Probity knows."""

    code: ClassVar[str] = "unsupported-media"
    status: ClassVar[int] = 415


class PlaylistRefused(MediaRefusal):
    """The file names other places instead of holding media."""

    code: ClassVar[str] = "playlist-refused"
    status: ClassVar[int] = 415


class TooLarge(MediaRefusal):
    """More bytes than allowed."""

    code: ClassVar[str] = "too-large"
    status: ClassVar[int] = 413


class TooManyPixels(MediaRefusal):
    """One picture has more pixels than allowed; known from the header."""

    code: ClassVar[str] = "too-many-pixels"
    status: ClassVar[int] = 413


class DecodesTooLarge(MediaRefusal):
    """A small file that would unpack to more than allowed; known before unpacking."""

    code: ClassVar[str] = "decodes-too-large"
    status: ClassVar[int] = 413


class TooLong(MediaRefusal):
    """The recording lasts longer than allowed."""

    code: ClassVar[str] = "too-long"
    status: ClassVar[int] = 413
