"""What a page declares about itself: title, author, date, site, address, language.

Only declarations are read: OpenGraph (ogp.me), schema.org in JSON-LD, `<meta>` names, `<link rel=canonical>`,
`<html lang>`. Nothing is guessed from the text, so the same page gives the same tags on every day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SPACE = re.compile(r"\s+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Longer values are not what they say they are.
_MAX_VALUE = 500
_MAX_JSON = 2_000_000

# For each tag the names that <meta> gives it, the best first.
_META: Mapping[str, tuple[str, ...]] = {
    "title": ("og:title", "twitter:title", "dc.title", "dcterms.title"),
    "author": ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author"),
    "date": (
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "dc.date.issued",
        "dcterms.created",
        "dc.date",
        "parsely-pub-date",
        "sailthru.date",
        "pubdate",
        "date",
    ),
    "site": ("og:site_name", "application-name"),
    "url": ("og:url",),
}
_KINDS = (
    "Article NewsArticle BlogPosting Report ScholarlyArticle TechArticle Recipe DiscussionForumPosting QAPage WebPage "
    "Product VideoObject ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle LiveBlogPosting"
)
_ARTICLES = frozenset(_KINDS.split())


@dataclass(frozen=True, slots=True)
class Declared:
    """What a page declares: `tags` by name, without empty ones, and its JSON-LD objects.

    The tags are title, author, date, site, url, declared_language. The date is a calendar day (ISO 8601), the language
    a BCP-47 tag as the page writes it.
    """

    tags: Mapping[str, str]
    nodes: tuple[Mapping[str, Any], ...] = ()


def declared(root: Any) -> Declared:
    """Return what the page declares about itself."""
    nodes = tuple(_linked_nodes(root))
    return Declared(_tags(root, nodes), nodes)


def _tags(root: Any, nodes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    meta: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        content = _clean(element.get("content"))
        if name and content:
            meta.setdefault(name, content)
    linked = _linked_data(nodes)
    found: dict[str, str] = {}
    for tag, names in _META.items():
        values = [meta.get(name, "") for name in names]
        best = next((v for v in values if v and not (tag == "author" and v.startswith(("http://", "https://")))), "")
        other = linked.get(tag, "")
        best = (other or best) if tag in ("author", "date") else (best or other)  # JSON-LD is careful with these two
        if tag == "date":
            day = _DATE.match(best)
            best = day.group() if day else ""
        if best:
            found[tag] = best
    if "title" not in found:
        element = next(root.iter("title"), None)
        title = _clean("".join(element.itertext())) if element is not None else ""
        if title:
            found["title"] = title
    canonical = next((e.get("href", "") for e in root.iter("link") if (e.get("rel") or "").lower() == "canonical"), "")
    if canonical.startswith(("http://", "https://")):
        found["url"] = canonical
    elif not found.get("url", "http://").startswith(("http://", "https://")):
        del found["url"]
    language = _clean(root.get("lang") or root.get("xml:lang")) or meta.get("og:locale", "")
    if _LANGUAGE.match(language):
        found["declared_language"] = language.replace("_", "-")
    return found


def _clean(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    value = _SPACE.sub(" ", value).strip()
    return value if len(value) <= _MAX_VALUE else ""


def _linked_data(nodes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return title, author and date of the first article that JSON-LD describes."""
    found: dict[str, str] = {}
    for node in nodes:
        kinds = node.get("@type")
        if not _ARTICLES.intersection(kinds if isinstance(kinds, list) else [str(kinds)]):
            continue
        author = node.get("author")
        names = [_name(one) for one in (author if isinstance(author, list) else [author])]
        for tag, value in (
            ("title", _clean(node.get("headline"))),
            ("author", "; ".join(dict.fromkeys(name for name in names if name))),
            ("date", _clean(node.get("datePublished"))),
            ("site", _name(node.get("publisher"))),
        ):
            if value:
                found.setdefault(tag, value)
    return found


def _name(value: Any) -> str:
    return _clean(value.get("name")) if isinstance(value, dict) else _clean(value)


def _linked_nodes(root: Any) -> Iterator[dict[str, Any]]:
    """Yield the JSON-LD objects of the page, those inside a graph one by one; broken JSON is passed over."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = script.text or ""
        if len(text) > _MAX_JSON:
            continue
        try:
            waiting = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting = [*node, *waiting]
            elif isinstance(node, dict):
                yield node
                graph = node.get("@graph")
                if isinstance(graph, list):
                    waiting = [*graph, *waiting]
