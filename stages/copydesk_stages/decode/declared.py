"""The charset that a document or its transport declares, and the codecs to try for it."""

from __future__ import annotations

import re

_HEAD = 4096
_META = re.compile(rb"<meta\b[^>]{0,300}?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9_:.\-]{2,40})[\"']", re.IGNORECASE)


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
