"""What files that are no text look like in their first bytes."""

from __future__ import annotations

import re

# From the specifications of the formats; each is long enough, or followed by enough, that no text starts so.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (rb"%PDF-\d", "a PDF file"),
    (rb"\x89PNG\r\n\x1a\n", "a PNG image"),
    (rb"\xff\xd8\xff[\xc0-\xfe]", "a JPEG image"),
    (rb"GIF8[79]a", "a GIF image"),
    (rb"RIFF....(?:WEBP|WAVE|AVI )", "a RIFF file (WebP, WAV or AVI)"),
    (rb"(?:II\*\x00|MM\x00\*)", "a TIFF image"),
    (rb"\x1f\x8b\x08", "a gzip file"),
    (rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", "a zip file (or a document in one: docx, xlsx, epub)"),
    (rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", "a bzip2 file"),
    (rb"\xfd7zXZ\x00", "an xz file"),
    (rb"\x28\xb5\x2f\xfd", "a zstandard file"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip file"),
    (rb"Rar!\x1a\x07", "a RAR file"),
    (rb"\x7fELF[\x01\x02][\x01\x02]", "an ELF program"),
    (rb"MZ[\x00-\xff]{0,58}\x00\x00\x00", "a Windows program"),
    (rb"(?:\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe)", "a Mach-O program"),
    (rb"\xca\xfe\xba\xbe\x00", "a Java class or Mach-O file"),
    (rb"\x00asm\x01\x00\x00\x00", "a WebAssembly module"),
    (rb"SQLite format 3\x00", "an SQLite database"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file"),
    (rb"OggS\x00", "an Ogg file"),
    (rb"ID3[\x02-\x04]\x00", "an MP3 file"),
    (rb"\xff[\xfb\xf3\xf2][\x10-\xef][\x00-\xff]{60,}?\x00\x00", "an MP3 file"),
    (rb"\x00\x00\x00.ftyp", "an MP4 or HEIF file"),
    (rb"wOF[F2](?:\x00\x01\x00\x00|OTTO|true)", "a web font"),
    (rb"PAR1[\x00-\xff]{4}", "a Parquet file"),
)
_FIRST = re.compile(b"|".join(b"(%s)" % pattern for pattern, _ in _MAGIC), re.DOTALL)
# C0 controls that no text format uses; TAB, LF, VT, FF, CR, SUB (end of file in DOS) and ESC are left out.
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x1A), *range(0x1C, 0x20)])
_LOOKED_AT = 8192
_TOO_SHORT = 32


def name_binary(data: bytes) -> str:
    r"""Return what kind of file `data` is by its first bytes, or an empty string if that says nothing.

    >>> name_binary(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    'a PNG image'
    >>> name_binary(b"PKO BP is a bank.")
    ''
    """
    found = _FIRST.match(data)
    return _MAGIC[found.lastindex - 1][1] if found and found.lastindex else ""


def control_share(data: bytes) -> float:
    r"""Return the share of bytes, among the first 8 kB, that are controls; 0 where that says nothing.

    >>> control_share(b"\x00\x01ab" * 10)
    0.5
    """
    head = data[:_LOOKED_AT]
    if len(head) < _TOO_SHORT:
        return 0.0
    return (len(head) - len(head.translate(None, _CONTROLS))) / max(1, len(head))
