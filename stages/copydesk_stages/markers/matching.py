"""What a single block is, seen for itself: a phrase of a lexicon, a row of phrases, or a shape."""

from __future__ import annotations

import re

from copydesk_stages.markers import people, shapes
from copydesk_stages.markers.folding import NETWORK, NUMBER, cased, without_repeats, words
from copydesk_stages.markers.passages import is_marked_up
from copydesk_stages.markers.shapes import Found
from copydesk_stages.markers.tables import LONGEST, Entry, Tables, Words
from copydesk_stages.markers.wording import noun

#: A row of phrases ("Share Tweet Email Print") has at most so many words.
_LONGEST_ROW = 24
#: Rules whose phrases stand in one row without any mark between them.
_BAR_RULES = frozenset(
    {"share-bar", "comments", "print-link", "login", "follow-us", "subscribe", "newsletter", "media-control", "listen"}
)
#: Rules whose words stand before what they label, with a colon.
_LABELS = frozenset({"topic-label", "share-bar", "follow-us", "byline", "date-line", "related-link"})
_SPEECH = re.compile(r"^\s*[\"'“”„«»‹›‘’「『—–]|[.!?。！？؟][\s\"'“”»’」』]*$")
_CAPS_WORDS = 4
#: No phrase and no caption with its credit has more words.
_MOST_WORDS = 40
_LONGEST_BUTTON = 6
_SURELY_GLUED = 4
#: Phrases of so many words may stand in a poem.
_SHORT = 2
#: So may phrases of so many words, a name among them ("More about Herrings").
_NAMED = 3
_QUOTED = re.compile(r"^\s*[\"“”„«»‹›「『].*[\"“”„«»‹›」』]\s*$", re.DOTALL)
_CODE = re.compile(r"[_={};\\]")
_LOWER = re.compile(r"^[^\w]*[a-z]")
_CLOSE_SIGN = re.compile(r"^\s*[×✕✖☰🔍]\s*|\s*[×✕✖▼▾›»→]\s*$")
_NO_LABEL = re.compile(r"^\W|^[a-zß-ÿа-яα-ω]|[_=:：(){}<>/\\;#\[\]@$]")
#: A page that sets its labels in capitals by style has them in lower case in its text.
_ALL_LOWER = re.compile(r"[a-zß-ÿа-яёα-ω]{3,}(?: (?:& )?[a-zß-ÿа-яёα-ω]+){0,2}")
_BETWEEN = re.compile(r"\s*[|›»•·>\n]\s*|\s+[/–—-]\s+")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-ZÀ-ÞА-Я])")


def match(text: str, tables: Tables, site: Tables, keep: frozenset[Words]) -> Found | None:
    """Return what marker `text` is as a whole, None if it is none; what a user gave (`site`, `keep`) comes first."""
    if len(text) > LONGEST or text.count(" ") > _MOST_WORDS:
        return None
    key = words(text)
    if not key or len(key) > _MOST_WORDS:
        return None
    if keep and (key in keep or without_repeats(key) in keep):
        return None
    found = _site_phrase(text, key, site)
    if found or is_marked_up(text):
        return found
    return (
        _phrase(text, key, tables)
        or _with_name(text, key, tables)
        or _row(text, key, tables)
        or _labels(text, tables)
        or shapes.match(text, key, tables)
        or people.match(text, key, tables)
    )


def _site_phrase(text: str, key: Words, site: Tables) -> Found | None:
    if key in site.phrases or without_repeats(key) in site.phrases or _with_name(text, key, site):
        return Found("site-phrase", "is a phrase that this chain adds for its site", 1.0)
    return None


def _phrase(text: str, key: Words, tables: Tables) -> Found | None:
    entry = tables.phrases.get(key) or tables.phrases.get(without_repeats(key))
    if entry is None:
        return None
    why = f"is nothing but {noun(entry.rule)}"
    if entry.grade == "sure":
        # One word with a full stop or in quotation marks may be what somebody says; in lower case it may be code.
        if _CODE.search(text) or _QUOTED.search(text) or (len(key) == 1 and _SPEECH.search(text)):
            return None
        if len(key) == 1 and _LOWER.search(text):
            return Found(entry.rule, why, 0.95, weak=True)
        return Found(entry.rule, why, 1.0, short=len(key) <= _SHORT and entry.rule != "advertisement")
    # A list item, a piece of code, a heading that introduces, a word in running speech.
    bare = _CLOSE_SIGN.sub("", text.rstrip(" :：") if entry.rule in _LABELS else text)
    if (_NO_LABEL.search(bare) and not _ALL_LOWER.fullmatch(bare)) or _SPEECH.search(text):
        return None
    return Found(
        entry.rule,
        f"is worded as {noun(entry.rule)}, and its neighbours are paragraphs or more of that kind",
        0.9,
        weak=True,
    )


def _with_name(text: str, key: Words, tables: Tables) -> Found | None:
    """Return a phrase with a name in it: "More from Ada Vale", "All posts by Ada Vale"."""
    if not (tables.before_name or tables.after_name):
        return None
    for size in range(1, min(_CAPS_WORDS, len(key) - 1) + 1):
        entry = tables.after_name.get(key[size:])
        if entry and _capitalised(cased(text)[:size]):
            return Found(entry.rule, f"is {noun(entry.rule)} with a name in it", 0.97, short=len(key) <= _NAMED)
    for size in range(1, len(key)):
        for rest, entry in tables.before_name.get(key[:size], ()):
            name = len(key) - size - len(rest)
            if 1 <= name <= _CAPS_WORDS and key[len(key) - len(rest) :] == rest:
                tokens = cased(text)
                end = len(tokens) - len(rest)
                if _capitalised(tokens[end - name : end]):
                    return Found(entry.rule, f"is {noun(entry.rule)} with a name in it", 0.97, short=len(key) <= _NAMED)
    return None


def _capitalised(tokens: list[str]) -> bool:
    return bool(tokens) and all(token[0].isupper() for token in tokens)


def _row(text: str, key: Words, tables: Tables) -> Found | None:
    """Return a row of buttons said one after another: "Share Tweet Email Print", "Facebook Twitter WhatsApp"."""
    if not 2 <= len(key) <= _LONGEST_ROW or _QUOTED.search(text) or _CODE.search(text) or "\t" in text:
        return None
    parts = _split_row(key, tables)
    buttons = [entry for entry in parts if entry]
    sure = any(entry.grade == "sure" for entry in buttons)
    networks = key.count(NETWORK)
    if len(buttons) < 2 or not (sure or networks > 1):
        return None
    rules = [entry.rule for entry in buttons]
    tokens = cased(text)
    if rules[0] == "legal-link" != rules[-1] and tokens[0][0].isupper() and tokens[-1][0].islower():
        return None  # "Privacy Policy vote", a heading
    rule = "share-bar" if "share-bar" in rules else rules[0]
    return Found(rule, "is a row of buttons and nothing else", 1.0)


def _split_row(key: Words, tables: Tables) -> list[Entry | None]:
    """Return what the words of a row are, one after another, None for a number; empty if some are no button."""
    ways: list[list[Entry | None] | None] = [[], *([None] * len(key))]
    for start in range(len(key)):
        way = ways[start]
        if way is None:
            continue
        for end in range(start + 1, min(start + _LONGEST_BUTTON, len(key)) + 1):
            part = key[start:end]
            entry = tables.phrases.get(part)
            if entry is None or not (entry.rule in _BAR_RULES or (entry.grade == "sure" and len(part) > 1)):
                entry = tables.row.get(part)
            if ways[end] is None and (entry or part == (NUMBER,)):
                ways[end] = [*way, entry]
    return ways[-1] or []


def _labels(text: str, tables: Tables) -> Found | None:
    """Return a row of labels with marks or nothing between them: "Sport | Football", "NewsSportCulture"."""
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    if len(parts) < 2:
        parts = _CAMEL.sub("|", text).split("|")
        # With spaces between some of its words a row is long, or it is a sentence that holds a name such as "YouTube".
        if " " in text.strip() and len(parts) < _SURELY_GLUED:
            return None
    if not 2 <= len(parts) <= _LONGEST_ROW or not all(words(part) in tables.phrases for part in parts):
        return None
    many = len(parts) > 2
    return Found("navigation", "is a row of a page's labels and nothing else", 0.97 if many else 0.9, weak=not many)
