"""Misread UTF-8 of which bytes were lost: the no-break space became a space, or something became U+FFFD.

After ftfy's `restore_byte_a0` and `replace_lossy_sequences`, with another rule for "à": whether the space that stands
for its second byte was also one between words is decided by the letters around it, not by a list of words.
"""

from __future__ import annotations

import re

from copydesk_stages.repair.gate import suspect
from copydesk_stages.repair.roads import Road, decode

# A sequence that would be well formed if the space in it were the byte A0.
_SPACED = re.compile(
    rb"[\xc2-\xdf](?= )|[\xe0-\xef](?= [\x80-\xbf])|[\xe0-\xef][\x80-\xbf](?= )"
    rb"|\xf0(?= [\x80-\xbf]{2})|\xf0[\x90-\xbf](?= [\x80-\xbf])|\xf0[\x90-\xbf][\x80-\xbf](?= )"
)
# A sequence of which a byte is unknown (1A stands for U+FFFD); at least its lead has to be there. Of quotation marks it
# often is the last: that means nothing in Windows-1252, and some programs put a question mark for it.
_UNKNOWN = re.compile(
    rb"\xe2\x80\?|[\xc2-\xdf]\x1a|[\xe0-\xef](?:\x1a[\x1a\x80-\xbf]|[\x80-\xbf]\x1a)"
    rb"|[\xf0-\xf4](?:\x1a[\x1a\x80-\xbf]{2}|[\x80-\xbf]\x1a[\x1a\x80-\xbf]|[\x80-\xbf]{2}\x1a)|\x1a"
)
_A_GRAVE = re.compile(rb"\xc3 (?=[a-z])")
# In powers of ten: how often a word ends, which a text with one space more has to be forgiven.
_SPACE_BETWEEN = 0.8


# Before a letter of ASCII all sequences are whole.
_LETTER = re.compile("[A-Za-z]")
_HEAD = 1000


# Leads of Western, Cyrillic and Greek charsets with a space where a follower should be.
_LEAD_SPACED = re.compile(
    "[\u00c2-\u00f4\u0102-\u017d\u0386-\u03a9\u0412-\u042f] "
    "|[\u00e0-\u00f4\u0103-\u017d][^ -~] |[\u03ad-\u03bf\u0430-\u044f][^ -~\\w] "
)


def may_be_lost(text: str) -> bool:
    """Tell whether `text` could be misread text that lost bytes: a sequence lacks one, and another is whole.

    >>> may_be_lost("vÃ lida, informaciÃ³"), may_be_lost("Õ Õ"), may_be_lost("la vida")
    (True, False, False)
    """
    return ("\ufffd" in text or "â€?" in text or _LEAD_SPACED.search(text) is not None) and suspect(text)


def walk_lost(text: str, road: Road) -> str | None:
    """Return what `text` is when read back along `road` with what was lost put back or marked, None if nothing.

    Only roads on which the no-break space is a byte that follows a lead lose it that way.

    >>> from copydesk_stages.repair.roads import roads
    >>> walk_lost("Ð Ð¾Ð¼Ð°", roads()[1]), walk_lost("la vÃ lvula mitral, una sÃ nia", roads()[0])
    ('Рома', 'la vàlvula mitral, una sània')
    """
    if not road.high or "\x1a" in text:
        return None
    head = _LETTER.search(text, _HEAD) if len(text) > _HEAD else None
    if head and walk_lost(text[: head.start()], road) is None:  # what long texts mostly are
        return None
    data = road.to_bytes(text.replace("\ufffd", "\x1a"))
    if data is None:
        return None
    if b"\x1a" in data or b"\xe2\x80?" in data:
        data = _UNKNOWN.sub("\ufffd".encode(), data)
    place = road.high.find("\xa0")
    if not 0 <= place < 0x40:
        return decode(data)
    space = bytes([0x80 + place])
    joined = _restore(data, space)
    return _part_words(data, space, joined) if joined and _A_GRAVE.search(data) else joined


def _part_words(data: bytes, space: bytes, joined: str) -> str:
    """Put a space behind each "à" where the letters are likelier with one: "voilà le", but "vàlida"."""
    from copydesk_stages.letters import Language

    language = Language(joined.replace("à", " "))
    parted = data
    for found in reversed(list(_A_GRAVE.finditer(data))):
        if _CONTRACTED.match(data, found.end()):
            continue
        before = data[found.start() - 1 : found.start()].decode("latin-1")
        before, behind = before if before.isalpha() else "^", data[found.end() : found.end() + 1].decode("ascii")
        apart = language.rarity(f"{before}à^") + language.rarity(f"^{behind}") - _SPACE_BETWEEN
        if apart < language.rarity(f"{before}à{behind}"):
            parted = parted[: found.start()] + b"\xc3" + space + b" " + parted[found.end() :]
    return _restore(parted, space) or joined


# The Portuguese contractions of "a" with "as", "aquele", "aquela" and "aquilo".
_CONTRACTED = re.compile(rb"(?:s|quel[ae]s?|quilo)(?![a-z'\x80-\xff])")


def _restore(data: bytes, space: bytes) -> str | None:
    parts: list[bytes] = []
    at = 0
    for found in _SPACED.finditer(data):
        parts.append(data[at : found.end()] + space)
        at = found.end() + 1
    return decode(b"".join([*parts, data[at:]]))
