"""What a person should know of a page whose main text is not there, or not all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk_stages.extract.lines import Line
    from copydesk_stages.extract.metadata import Declared


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of the document and its reason."""

    name: str
    why: str


NO_SCRIPTS = Flag("no text without scripts", "the page shows its text only through scripts")
NO_MAIN_TEXT = Flag("no main text found", "all visible text is kept")
NO_TEXT = Flag("no text", "the page has no text")
TOO_DEEP = Flag("nested too deep", "all text between the tags is kept")
TOO_LARGE = Flag("too large", "all visible text is kept, main text or not")
FRAMES = Flag("frame set", "the text is in other files, which the page only puts side by side")
PAYWALL = Flag("behind a paywall", "the page says that its text is not free, and holds only the beginning")
COOKIE_WALL = Flag("cookie wall", "what the page shows is a question about cookies")

# A page that shows fewer words than this may be waiting for its scripts: it says so, or has an element to fill.
_STUB = 40
# A page that is not free and holds more words than this holds its text, for search engines to read.
_TEASER = 250
# A question about cookies is no longer than this.
_QUESTION = 300
_ASKS = re.compile(r"java\s?script|\bscripts?\b|loading|skripte?\b", re.IGNORECASE)
_HOLLOW = frozenset({"app", "root", "__next", "__nuxt", "___gatsby", "svelte", "main-app"})
_COOKIES = re.compile(r"\bcookies?\b", re.IGNORECASE)
_CONSENT = re.compile(
    r"consent|accept|privacy|personal data|advertis|tracking|third part|zustimm|akzept|einwillig|datenschutz|werbung"
    r"|acept|consenti|privacidad|publicidad|vie privée|publicit|pubblicit|samtyck|toestemming|zgod|souhlas",
    re.IGNORECASE,
)
_GATE = re.compile(
    r"\b(?:subscri|already a member|members only|log ?in to (?:read|continue)|sign in to (?:read|continue)"
    r"|abonn|weiterlesen mit|suscr|per continuare a leggere|voor abonnees|prenumer)",
    re.IGNORECASE,
)


def flag_of(root: Any, said: Declared, found: Sequence[Line], kept: Sequence[Line]) -> Flag | None:
    """Return what should be known of a page that has some text; `found` is what it shows, `kept` what is left of it."""
    words = sum(len(line.text.split()) for line in kept)
    if waits_for_scripts(root, found):
        return NO_SCRIPTS
    if words < _QUESTION and _asks_for_cookies(kept):
        return COOKIE_WALL
    if words < _TEASER and _is_not_free(root, said) and any(_GATE.search(line.text) for line in found):
        return PAYWALL
    return None


def waits_for_scripts(root: Any, shown: Sequence[Line]) -> bool:
    """Tell whether the page shows a few words only and leaves the rest to its scripts."""
    if sum(len(line.text.split()) for line in shown) >= _STUB or next(root.iter("script"), None) is None:
        return False
    asks = any(_ASKS.search(line.text) for line in shown)
    return asks or any(element.get("id") in _HOLLOW and not len(element) for element in root.iter("div"))


def _asks_for_cookies(kept: Sequence[Line]) -> bool:
    """Tell whether most of the text is in lines about cookies, and consent is asked for."""
    size = sum(len(line.text) for line in kept)
    said = sum(len(line.text) for line in kept if _COOKIES.search(line.text))
    return size > 0 and 2 * said >= size and any(_CONSENT.search(line.text) for line in kept)


def _is_not_free(root: Any, said: Declared) -> bool:
    """Tell whether the page declares that its text is not free (schema.org, isAccessibleForFree)."""
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or "").lower()
        if name == "article:content_tier" and (element.get("content") or "").lower() in ("locked", "metered"):
            return True
    return any(str(node.get("isAccessibleForFree")).lower() in ("false", "no") for node in said.nodes)
