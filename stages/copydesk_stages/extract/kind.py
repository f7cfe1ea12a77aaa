"""What kind of page a page says it is, by cheap signs."""

from __future__ import annotations

import re
from typing import Any

from copydesk_stages.extract.metadata import Declared

#: The kinds, by the number that the trees know them by; to these news are articles.
KINDS = {
    "unknown": 0, "article": 1, "news": 1, "forum": 2, "product": 3, "documentation": 4, "collection": 5, "website": 6,
}  # fmt: skip
_BY_TYPE = {
    "DiscussionForumPosting": "forum", "QAPage": "forum", "Product": "product", "ProductGroup": "product",
    "NewsArticle": "news", "ReportageNewsArticle": "news", "AnalysisNewsArticle": "news",
    "OpinionNewsArticle": "news", "Article": "article", "BlogPosting": "article", "Report": "article",
    "TechArticle": "documentation", "APIReference": "documentation", "CollectionPage": "collection",
    "ItemList": "collection", "OfferCatalog": "collection",
}  # fmt: skip
_FORUM_SOFTWARE = re.compile(
    r"discourse|phpbb|vbulletin|xenforo|mybb|simple machines|vanilla|flarum|invision|nodebb|fluxbb|punbb|lithium"
    r"|khoros",
    re.IGNORECASE,
)
_DOC_SOFTWARE = re.compile(
    r"sphinx|mkdocs|docusaurus|gitbook|jekyll|hugo|doxygen|vitepress|javadoc|rustdoc|antora|readme", re.IGNORECASE
)
_FORUM_PLACE = re.compile(
    r"//(?:forums?|community|boards?|discuss|talk|answers|ask)\.|/(?:forums?|threads?|topic|viewtopic|showthread)\b"
    r"|/t/",
    re.IGNORECASE,
)
_FORUM_NAMES = re.compile(r"xenforo|phpbb|vbulletin|discourse|ipsapp|\bthread|topic-body|\bsmf|mybb", re.IGNORECASE)


def kind_of(root: Any, said: Declared) -> str:
    """Return which of `KINDS` the page declares to be: by its forum software, JSON-LD, OpenGraph type or address."""
    url = said.tags.get("url", "")
    generators = [e for e in root.iter("meta") if (e.get("name") or "").lower() == "generator"]
    generator = " ".join(element.get("content") or "" for element in generators)
    body = root.find("body")
    names = " ".join(f"{e.get('class', '')} {e.get('id', '')}" for e in (root, body) if e is not None)
    if _FORUM_SOFTWARE.search(generator) or _FORUM_NAMES.search(names) or (url and _FORUM_PLACE.search(url)):
        return "forum"
    declared: list[str] = []
    for node in said.nodes:
        kinds = node.get("@type")
        declared += [
            _BY_TYPE[k] for k in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(k, str) and k in _BY_TYPE
        ]
    for kind in ("forum", "news", "article", "documentation", "product", "collection"):
        if kind in declared:
            return kind
    if _DOC_SOFTWARE.search(generator):
        return "documentation"
    for element in root.iter("meta"):
        if (element.get("property") or "").lower() == "og:type":
            value = (element.get("content") or "").lower()
            if "article" in value or "blog" in value:
                return "article"
            if "product" in value:
                return "product"
            if "website" in value:
                return "website"
    return "unknown"
