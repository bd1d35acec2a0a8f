"""What a file is by its first bytes, never by its name.

Sources of the magic numbers: the formats' own specifications (ITU-T T.81, RFC 2083, RFC 9559,
ISO/IEC 14496-12, ISO/IEC 18181-2, ISO/IEC 19566-5, TIFF 6.0, DNG 1.7, RFC 8216, RFC 8866).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from foundation.media.errors import PlaylistRefused, UnsupportedMedia
from foundation.media.kinds import Kind

HEAD_BYTES = 64 * 1024
_DNG_VERSION = 50706


@dataclass(frozen=True, kw_only=True)
class Container:
    """A recognised kind of file: ``pillow`` or ``demuxer`` name what opens it, neither means that
    it is taken but cannot be decoded here."""

    kind: Kind
    media_type: str
    format: str
    title: str
    pillow: str | None = None
    demuxer: str | None = None


def _image(name: str, title: str, *, pillow: str | None, media_type: str = "") -> Container:
    return Container(
        kind=Kind.IMAGE,
        media_type=media_type or f"image/{name}",
        format=name,
        title=title,
        pillow=pillow,
    )


def _stream(kind: Kind, media_type: str, name: str, title: str, demuxer: str) -> Container:
    return Container(kind=kind, media_type=media_type, format=name, title=title, demuxer=demuxer)


def _document(media_type: str, name: str, title: str) -> Container:
    return Container(kind=Kind.DOCUMENT, media_type=media_type, format=name, title=title)


TIFF = _image("tiff", "a TIFF picture", pillow="TIFF")
DNG = _image("dng", "a DNG raw picture", pillow=None, media_type="image/x-adobe-dng")
RAW = _image("raw", "a camera's raw picture", pillow=None, media_type="image/x-raw")
HEIF = _image("heif", "a HEIC/HEIF picture", pillow=None)
AVIF = _image("avif", "an AVIF picture", pillow="AVIF")
MP4 = _stream(Kind.VIDEO, "video/mp4", "mp4", "an MP4 file", "mov")
MOV = _stream(Kind.VIDEO, "video/quicktime", "mov", "a QuickTime file", "mov")
M4A = _stream(Kind.AUDIO, "audio/mp4", "m4a", "an M4A recording", "mov")
MP3 = _stream(Kind.AUDIO, "audio/mpeg", "mp3", "an MP3 recording", "mp3")
AAC = _stream(Kind.AUDIO, "audio/aac", "aac", "an AAC recording", "aac")
FLAC = _stream(Kind.AUDIO, "audio/flac", "flac", "a FLAC recording", "flac")
WAV = _stream(Kind.AUDIO, "audio/wav", "wav", "a WAV recording", "wav")
AVI = _stream(Kind.VIDEO, "video/x-msvideo", "avi", "an AVI file", "avi")
WEBP = _image("webp", "a WebP picture", pillow="WEBP")
AIFF = _stream(Kind.AUDIO, "audio/aiff", "aiff", "an AIFF recording", "aiff")
SVG = _document("image/svg+xml", "svg", "an SVG drawing")
MPEG_TS = _stream(Kind.VIDEO, "video/mp2t", "mpegts", "an MPEG transport stream", "mpegts")

_PREFIXES: tuple[tuple[bytes, Container], ...] = (
    (b"\xff\xd8\xff", _image("jpeg", "a JPEG picture", pillow="JPEG")),
    (b"\x89PNG\r\n\x1a\n", _image("png", "a PNG picture", pillow="PNG")),
    (b"GIF87a", _image("gif", "a GIF picture", pillow="GIF")),
    (b"GIF89a", _image("gif", "a GIF picture", pillow="GIF")),
    (b"\xff\x0a", _image("jxl", "a JPEG XL picture", pillow=None)),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", _image("jxl", "a JPEG XL picture", pillow=None)),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _image("jp2", "a JPEG 2000 picture", pillow="JPEG2000")),
    (b"\xff\x4f\xff\x51", _image("jp2", "a JPEG 2000 picture", pillow="JPEG2000")),
    (b"8BPS", _image("psd", "a Photoshop file", pillow=None, media_type="image/x-photoshop")),
    (b"OggS", _stream(Kind.AUDIO, "audio/ogg", "ogg", "an Ogg file", "ogg")),
    (b"fLaC", FLAC),
    (b"FLV\x01", _stream(Kind.VIDEO, "video/x-flv", "flv", "a Flash video", "flv")),
    (
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
        _stream(Kind.VIDEO, "video/x-ms-asf", "asf", "a Windows Media file", "asf"),
    ),
    (
        b"\x00\x00\x01\xba",
        _stream(Kind.VIDEO, "video/mpeg", "mpeg", "an MPEG program stream", "mpeg"),
    ),
    (b"#!AMR", _stream(Kind.AUDIO, "audio/amr", "amr", "an AMR recording", "amr")),
    (b"caff\x00\x01", _stream(Kind.AUDIO, "audio/x-caf", "caf", "a CAF recording", "caf")),
)

_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"#!", "a script"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"BZh", "a compressed archive"),
    (b"\xfd7zXZ\x00", "a compressed archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "a database"),
    (b"MThd", "a MIDI score, which holds no recorded sound"),
    (b"{\\rtf", "a text document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
)

_PLAYLIST = re.compile(
    rb"#EXTM3U|<MPD[\s>]|<SmoothStreamingMedia|<smil[\s>]|<asx[\s>]|<playlist[\s>]|\[playlist\]"
    rb"|ffconcat version|file\s+['\"]?\S+.*\n|v=0\r?\no=|\[Reference\]|RTSPtext",
    re.IGNORECASE,
)
_XML_LEAD = re.compile(
    rb"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>|\s)+", re.DOTALL
)
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"mif2"}
_AVIF_BRANDS = {b"avif", b"avis"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P ", b"F4A "}
_OLD_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"moof", b"sidx"}


def recognise(head: bytes) -> Container:
    """Name the kind of file from its first ``HEAD_BYTES`` bytes.

    Raises PlaylistRefused, UnsupportedMedia.
    """
    for prefix, container in _PREFIXES:
        if head.startswith(prefix):
            return container
    found = _riff(head) or _iso(head) or _tiff(head) or _bitmap(head) or _other(head)
    if found is not None:
        return found
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if _PLAYLIST.match(_without_lead(text)) or _PLAYLIST.match(text):
        raise PlaylistRefused(
            "This is a playlist or stream description: it points to media elsewhere and holds "
            "none. Send the picture, video or recording itself."
        )
    if re.match(rb"<(?:\w+:)?svg[\s>]", _without_lead(text)):
        return SVG
    raise _unsupported(head, text)


def _without_lead(text: bytes) -> bytes:
    lead = _XML_LEAD.match(text)
    return text[lead.end() :] if lead else text


def _unsupported(head: bytes, text: bytes) -> UnsupportedMedia:
    what = next((title for prefix, title in _REFUSED if head.startswith(prefix)), None)
    if what is None:
        what = "text" if _looks_like_text(text) else "of no kind that Probity knows"
    return UnsupportedMedia(
        f"This file is {what}. Send a picture, a video, a sound recording or a PDF."
    )


def _looks_like_text(data: bytes) -> bool:
    sample = data[:2048]
    printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in sample)
    if not sample or printable < len(sample):
        return sample.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        sample[: -4 or None].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(sample) - 8
    return True


def _riff(head: bytes) -> Container | None:
    if head[:4] not in (b"RIFF", b"RF64", b"BW64", b"FORM"):
        return None
    by_form = {b"WAVE": WAV, b"AVI ": AVI, b"WEBP": WEBP, b"AIFF": AIFF, b"AIFC": AIFF}
    return by_form.get(head[8:12])


def _iso(head: bytes) -> Container | None:
    if head[4:8] == b"jumb":
        return _document("application/c2pa", "c2pa", "a file of credentials without its media")
    if head[4:8] in _OLD_QUICKTIME:
        return MP4 if head[4:8] in (b"styp", b"moof", b"sidx") else MOV
    if head[4:8] != b"ftyp":
        return None
    length = min(max(16, int.from_bytes(head[:4], "big")), 512)
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, length - 3, 4))}
    if major in _AVIF_BRANDS or (major in _HEIF_BRANDS and brands & _AVIF_BRANDS):
        return AVIF
    if major in _HEIF_BRANDS:
        return HEIF
    if major == b"crx ":
        return RAW
    if major in _AUDIO_BRANDS:
        return M4A
    return MOV if major == b"qt  " else MP4


def _tiff(head: bytes) -> Container | None:
    if head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return RAW if head[8:10] == b"CR" else TIFF
    return RAW if head[:4] in (b"IIRO", b"IIRS", b"IIU\x00", b"FUJI") else None


def is_dng(file: BinaryIO) -> bool:
    """Whether a TIFF file's first directory, which may lie anywhere, has the DNG version tag."""
    file.seek(0)
    head = file.read(8)
    order = "<" if head[:2] == b"II" else ">"
    if head[2:4] not in (b"*\x00", b"\x00*") or len(head) < 8:
        return False
    file.seek(struct.unpack(order + "I", head[4:8])[0])
    count = file.read(2)
    tags = file.read(12 * struct.unpack(order + "H", count)[0]) if len(count) == 2 else b""
    found = {struct.unpack_from(order + "H", tags, at)[0] for at in range(0, len(tags) - 11, 12)}
    return _DNG_VERSION in found


def _bitmap(head: bytes) -> Container | None:
    if head[:2] != b"BM" or len(head) < 26:
        return None
    pixels_at, header = struct.unpack_from("<II", head, 10)
    if header not in (12, 16, 40, 52, 56, 64, 108, 124) or pixels_at >= 1 << 20:
        return None
    return _image("bmp", "a BMP picture", pillow="BMP")


def _other(head: bytes) -> Container | None:
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _matroska(head)
    if b"%PDF-" in head[:1024]:
        return _document("application/pdf", "pdf", "a PDF document")
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return MPEG_TS
    if head.startswith(b"ID3"):
        return _after_id3(head)
    return _mpeg_audio(head)


def _matroska(head: bytes) -> Container:
    if b"webm" in head[:64]:
        return _stream(Kind.VIDEO, "video/webm", "webm", "a WebM file", "matroska")
    return _stream(Kind.VIDEO, "video/x-matroska", "mkv", "a Matroska file", "matroska")


def _after_id3(head: bytes) -> Container:
    sizes = head[6:10]
    length = 10 + sum(
        (byte & 0x7F) << shift for byte, shift in zip(sizes, (21, 14, 7, 0), strict=False)
    )
    rest = head[length : length + 4]
    if rest == b"fLaC":
        return FLAC
    if len(rest) > 1 and rest[0] == 0xFF and rest[1] & 0xF6 == 0xF0:
        return AAC
    return MP3


_BITRATES = {
    (3, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _mpeg_audio(head: bytes) -> Container | None:
    """A raw MPEG audio or ADTS stream: two frame headers in a row at the computed distance."""
    if len(head) < 8 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        length = ((head[3] & 3) << 11) | (head[4] << 3) | (head[5] >> 5)
        following = head[length : length + 2]
        sound = length > 7 and following[:1] == b"\xff" and following[1] & 0xF6 == 0xF0
        return AAC if sound else None
    distance = _mpeg_frame_bytes(head)
    following = head[distance : distance + 2] if distance else b""
    return MP3 if len(following) == 2 and following[0] == 0xFF and following[1] == head[1] else None


def _mpeg_frame_bytes(head: bytes) -> int:
    """Length of the first MPEG audio frame (ISO/IEC 11172-3 2.4.1.3), 0 when it is none."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate_index, bit_index, padding = head[2] >> 2 & 3, head[2] >> 4, head[2] >> 1 & 1
    if head[1] & 0xE0 != 0xE0 or version == 1 or layer == 0:
        return 0
    if rate_index == 3 or bit_index in (0, 15):
        return 0
    family = 3 if version == 3 else 2
    kilobits = _BITRATES[family, layer if family == 3 or layer == 3 else 1][bit_index - 1]
    rate = (44100, 48000, 32000)[rate_index] // {3: 1, 2: 2, 0: 4}[version]
    if layer == 3:
        return (12_000 * kilobits // rate + padding) * 4
    samples = 72_000 if family == 2 and layer == 1 else 144_000
    return samples * kilobits // rate + padding
