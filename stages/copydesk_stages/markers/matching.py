"""What a single block is, seen for itself: a phrase of a lexicon, a row of phrases, or a shape."""

from __future__ import annotations

import re

from copydesk_stages.markers import shapes
from copydesk_stages.markers.folding import NETWORK, NUMBER, cased, without_repeats, words
from copydesk_stages.markers.shapes import Found
from copydesk_stages.markers.tables import LONGEST, Tables, Words

#: A row of phrases ("Share Tweet Email Print") has at most so many words.
_LONGEST_ROW = 24
#: Rules whose phrases stand in one row without any mark between them.
_BAR_RULES = frozenset(
    {"share-bar", "comments", "print-link", "login", "follow-us", "subscribe", "newsletter", "media-control", "listen"}
)
_SPEECH = re.compile(r"^\s*[\"'“”„«»‹›‘’「『—–]|[.!?。！？؟][\s\"'“”»’」』]*$")
_CAPS_WORDS = 4


def match(text: str, tables: Tables, site: Tables, keep: frozenset[Words]) -> Found | None:
    """Return what marker `text` is as a whole, None if it is none; what a user gave (`site`, `keep`) comes first."""
    if len(text) > LONGEST:
        return None
    key = words(text)
    if not key or len(key) > LONGEST // 4:
        return None
    if keep and (key in keep or without_repeats(key) in keep):
        return None
    return (
        _site_phrase(text, key, site)
        or _phrase(text, key, tables)
        or _with_name(text, key, tables)
        or _row(key, tables)
        or shapes.match(text, key, tables)
    )


def _site_phrase(text: str, key: Words, site: Tables) -> Found | None:
    if key in site.phrases or without_repeats(key) in site.phrases or _with_name(text, key, site):
        return Found("site-phrase", "is a phrase that this chain adds for its site", 1.0)
    return None


def _phrase(text: str, key: Words, tables: Tables) -> Found | None:
    entry = tables.phrases.get(key) or tables.phrases.get(without_repeats(key))
    if entry is None:
        return None
    why = f"is nothing but the words of a page ({entry.language}, {entry.rule})"
    if entry.grade == "sure":
        # One word with a full stop or in quotation marks may be what somebody says.
        if len(key) == 1 and _SPEECH.search(text):
            return None
        return Found(entry.rule, why, 1.0)
    if _SPEECH.search(text):
        return None
    return Found(entry.rule, f"is a word that pages use as a label ({entry.language}, {entry.rule})", 0.9, weak=True)


def _with_name(text: str, key: Words, tables: Tables) -> Found | None:
    if not (tables.openings or tables.closings):
        return None
    for size in range(1, min(_CAPS_WORDS, len(key) - 1) + 1):
        entry = tables.closings.get(key[size:])
        if entry and _capitalised(cased(text)[:size]):
            return Found(entry.rule, f"is page words with a name ({entry.language}, {entry.rule})", 0.97)
    for size in range(1, len(key)):
        for rest, entry in tables.openings.get(key[:size], ()):
            name = len(key) - size - len(rest)
            if 1 <= name <= _CAPS_WORDS and key[len(key) - len(rest) :] == rest:
                tokens = cased(text)
                end = len(tokens) - len(rest)
                if _capitalised(tokens[end - name : end]):
                    return Found(entry.rule, f"is page words with a name ({entry.language}, {entry.rule})", 0.97)
    return None


def _capitalised(tokens: list[str]) -> bool:
    return bool(tokens) and all(token[0].isupper() for token in tokens)


def _row(key: Words, tables: Tables) -> Found | None:
    """Return a row of phrases said one after another: "Share Tweet Email Print", "Facebook Twitter WhatsApp"."""
    if not 2 <= len(key) <= _LONGEST_ROW:
        return None
    at, parts, sure, rules = 0, 0, False, set[str]()
    while at < len(key):
        for end in range(min(len(key), at + 6), at, -1):
            part = key[at:end]
            entry = tables.phrases.get(part)
            if entry and entry.rule in _BAR_RULES:
                sure = sure or entry.grade == "sure"
                rules.add(entry.rule)
                parts += 1
                break
            if part == (NUMBER,):
                break
        else:
            return None
        at = end
    networks = key.count(NETWORK)
    if parts == 0 or not (sure or networks >= 2 or (networks == 1 and len(key) == parts + key.count(NUMBER))):
        return None
    rule = "share-bar" if "share-bar" in rules else min(rules)
    return Found(rule, "is a row of buttons and nothing else", 1.0 if sure or networks >= 2 else 0.95)
