"""What an editor reads for each rule."""

from __future__ import annotations

_NOUNS = {
    "advertisement": "an advertising mark",
    "author-note": "a note on the author",
    "byline": "a byline",
    "comments": "a comments button",
    "contact": "addresses",
    "cookie-notice": "a cookie notice",
    "copyright": "a copyright notice",
    "count": "a count",
    "date-line": "a date of publication",
    "follow-us": "a call to follow the site",
    "legal-link": "a link to a page about the site",
    "listen": "a listen button",
    "login": "a login button",
    "media-control": "a button of a player or gallery",
    "most-read": "the title of a list of articles",
    "navigation": "a navigation button",
    "newsletter": "a newsletter notice",
    "photo-credit": "a picture credit",
    "print-link": "a print button",
    "reading-time": "a reading time",
    "related-link": "a pointer to other articles",
    "script-notice": "a technical notice",
    "section-label": "the name of a section",
    "share-bar": "a share button",
    "source-credit": "a source credit",
    "subscribe": "an offer to subscribe",
    "topic-label": "a label of topics",
}


def noun(rule: str) -> str:
    """Return what a block of that rule is, in words.

    >>> noun("share-bar")
    'a share button'
    """
    return _NOUNS.get(rule, "words of a page")
