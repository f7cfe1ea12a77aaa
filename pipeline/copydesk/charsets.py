"""What the names of charsets mean: of HTTP headers, of pages, of people at the command line."""

from __future__ import annotations

import codecs
from contextlib import suppress

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
#: Labels of the same standard that Python does not know, not even without their `x-` or with `cp` for `windows-`.
LABELS = {
    label: codec
    for codec, labels in {
        "big5": "cn-big5 x-x-big5",
        "cp874": "dos-874",
        "cp932": "windows-31j",
        "cp949": "cseuckr csksc56011987 iso-ir-149 ks_c_5601-1989 ksc_5601",
        "euc_jp": "cseucpkdfmtjapanese",
        "gb18030": "csgb2312 gb_2312 gb_2312-80",
        "iso8859-6": "csiso88596e csiso88596i iso-8859-6-e iso-8859-6-i iso88596",
        "iso8859-7": "iso88597 sun_eu_greek",
        "iso8859-8": "csiso88598e csiso88598i iso-8859-8-e iso-8859-8-i iso88598 logical visual",
        "iso8859-15": "csisolatin9 iso885915",
        "koi8-r": "koi koi8",
        "mac-cyrillic": "x-mac-ukrainian",
        "mac-roman": "csmacintosh mac",
        "utf-8": "unicode-1-1-utf-8",
        "utf-16-le": "unicode",
        **{f"iso8859-{part}": f"iso8859{part}" for part in (1, 2, 3, 4, 5, 9, 10, 11, 13, 14)},
    }.items()
    for label in labels.split()
}
# Python's registry also holds codecs that are no charsets, and UTF-7, which browsers refuse to read.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "utf-7"}


def codec_name(label: str | None) -> str | None:
    """Return the Python codec to read the charset `label` with, None if there is none that gives text.

    Labels are read as browsers read them (WHATWG Encoding Standard), else as Python does.

    >>> codec_name("ISO-8859-1"), codec_name("x-sjis"), codec_name("klingon"), codec_name("rot13")
    ('cp1252', 'shift_jis', None, None)
    """
    wanted = (label or "").strip().strip("\"'").lower()
    if not wanted or "\0" in wanted or not wanted.isascii():
        return None
    wanted = LABELS.get(wanted, wanted)
    plain = wanted.removeprefix("x-")
    for spelling in (wanted, plain, plain.replace("windows-", "cp")):
        with suppress(LookupError, ValueError):
            info = codecs.lookup(spelling)
            if getattr(info, "_is_text_encoding", True) and info.name not in _NO_CHARSETS:
                return _READ_AS.get(info.name, info.name)
    return None
