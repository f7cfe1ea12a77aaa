"""The charset that a document or its transport declares, by a name that Python knows."""

from __future__ import annotations

import codecs
import re

# What browsers read under these names (WHATWG Encoding Standard, "Names and labels"): the Windows superset, because
# pages that declare the ISO or national standard are in practice written in it.
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "utf-8-sig": "utf-8",
}
# Labels of the same standard that Python does not know, or knows as something else.
_LABELS = {
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "x-sjis": "shift_jis",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-euc-jp": "euc_jp",
    "windows-949": "cp949",
    "ks_c_5601-1987": "cp949",
    "x-big5": "big5",
    "big5-hkscs": "big5hkscs",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ukrainian": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "unicode-1-1-utf-8": "utf-8",
    "unicode": "utf-16-le",
}
_HEAD = 4096
_META = re.compile(rb"<meta\b[^>]{0,300}?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9_:.\-]{2,40})[\"']", re.IGNORECASE)


def codec_name(label: str | None) -> str | None:
    """Return the Python codec to read the charset `label` with, None if there is none that gives text.

    >>> codec_name("ISO-8859-1"), codec_name("x-sjis"), codec_name("klingon"), codec_name("rot13")
    ('cp1252', 'shift_jis', None, None)
    """
    wanted = (label or "").strip().strip("\"'").lower()
    if not wanted or "\0" in wanted or not wanted.isascii():
        return None
    wanted = _LABELS.get(wanted, wanted)
    try:
        info = codecs.lookup(wanted)
    except (LookupError, ValueError):
        return None
    # Python's registry also holds codecs that are no charsets: base64, rot13, zip, idna, unicode_escape ...
    if not getattr(info, "_is_text_encoding", True) or info.name in _NO_CHARSETS:
        return None
    return _READ_AS.get(info.name, info.name)


_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "utf-7"}


def charset_in(data: bytes) -> str | None:
    """Return the label that an XML declaration or a `<meta>` in the first 4 kB of `data` gives.

    >>> charset_in(b'<html><head><meta charset="koi8-r"><title>')
    'koi8-r'
    """
    head = data[:_HEAD]
    found = _XML.match(head) or _META.search(head)
    return found.group(1).decode("ascii") if found else None


_SUPERSETS = {"shift_jis": "cp932", "euc_jp": "euc_jis_2004", "big5": "big5hkscs", "cp1252": "iso8859-1"}


def supersets(name: str | None) -> tuple[str, ...]:
    """Return the codec and the one to try where text under that name holds more than it allows.

    >>> supersets("shift_jis"), supersets(None)
    (('shift_jis', 'cp932'), ())
    """
    if name is None:
        return ()
    return (name, _SUPERSETS[name]) if name in _SUPERSETS else (name,)
