"""From decoded HTML to one tree that everything else reads, whatever the page looks like."""

from __future__ import annotations

import re
from typing import Any

# libxml2 gives up below this depth and silently drops what is deeper.
MAX_DEPTH = 2048

_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|span|a|article|section|main|table|ul|ol|h[1-6]|br|script|style"
    r"|frameset|noscript|blockquote|pre|form|header|footer|nav|link|img|iframe|center|font|b|i|em|strong)\b[^<>]*>",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"</[a-z][a-z0-9]*\s*>", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_BLOCK_START = re.compile(
    r"<(?:head|body|title|div|p|article|section|main|table|ul|ol|h[1-6]|frameset|blockquote|pre|form|header|footer|nav|center)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# How much of the text is looked at to tell whether it is HTML.
_SNIFF = 65536


def looks_like_html(text: str, *, declared: bool = False) -> bool:
    """Tell whether `text` is an HTML page or fragment, and not a text that mentions a tag.

    A page says so in its first tag, and a text that starts with a block-level tag is a fragment of one. A text that
    starts with another tag has to close one or have a second. With `declared`, where the outside says that it is
    HTML, one tag anywhere near the beginning is enough.

    >>> looks_like_html("<p>The dam held.</p><p>Nobody was hurt.</p>")
    True
    >>> looks_like_html("Use <b> for bold text, and close it with </b>.")
    False
    """
    head = text[:_SNIFF].lstrip("\ufeff \t\r\n\f")
    if _DOCUMENT.match(head):
        return True
    if _BLOCK_START.match(head):
        return True
    if declared:
        return bool(_TAG.search(head))
    if not _TAG.match(head):
        return False
    return bool(_CLOSING.search(head)) or len(_TAG.findall(head)) > 1


def parse(text: str) -> Any:
    """Return the root element of the page, or None where there is no element at all.

    Comments and processing instructions are left out, characters that no tree can hold become U+FFFD.
    """
    from lxml import etree, html  # pyright: ignore[reportAttributeAccessIssue]  # a compiled module

    # The tree is made from UTF-8 whatever the page declares: the text is decoded already.
    clean = text.replace("\0", "")
    try:
        data = clean.encode("utf-8")
    except UnicodeEncodeError:
        data = clean.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None else None


_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|svg|head|noscript)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
_BREAKING = re.compile(
    r"</?(?:address|article|aside|blockquote|br|center|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr|li|main"
    r"|nav|ol|p|pre|section|table|td|th|tr|ul)\b[^>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")


def strip_markup(text: str) -> list[str]:
    """Return the lines of text of a page that is too deeply nested for a tree.

    >>> strip_markup("<div><div>The <b>dam</b> held.<p>Nobody was hurt.")
    ['The dam held.', 'Nobody was hurt.']
    """
    from html import unescape

    bare = _ANY_TAG.sub("", _BREAKING.sub("\n", _UNSEEN.sub(" ", text.replace("\0", ""))))
    lines = (" ".join(line.split()) for line in unescape(bare).splitlines())
    return [line for line in lines if line]
