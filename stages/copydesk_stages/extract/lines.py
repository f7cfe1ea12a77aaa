"""The lines of a page: every visible stretch of text with its role and its place in the tree.

One walk over the tree, without recursion, so that depth costs nothing. A line ends where a block-level element starts
or ends and at `<br>`; a data row of a table is one line, and so is a `<pre>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

#: Stands between the cells of a row.
CELLS = " | "

_BLOCKS = (
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html iframe legend li main menu nav ol optgroup option p "
    "pre search section select summary table tbody td tfoot th thead tr ul"
)
BLOCK_TAGS = frozenset(_BLOCKS.split())
_NO_TEXT = (
    "head script style template svg math canvas audio video object embed iframe select datalist textarea noscript "
    "noframes map applet"
)
_SKIPPED = frozenset(_NO_TEXT.split())
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
# What says what an element is for; style sheets, scripts, microdata, tests and screen readers go by these.
_NAMING = ("class", "id", "itemprop", "data-testid", "aria-label")
# So many inline elements of a line are looked at.
_MAX_INNER = 6
_LABELS = frozenset({"a", "span", "time", "small", "cite"})
# What a link to a heading itself shows.
_ANCHORS = frozenset({"¶", "#", "§", "🔗"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# White space as HTML folds it; the no-break space is not among it. U+2028 and U+2029 break lines in plain text.
_FOLDED = re.compile(r"[ \t\n\r\f\v\u0085\u2028\u2029]+")
_DIGITS = re.compile(r"\d+")
# A cell longer than this is a column of a layout, not a cell of data.
_MAX_CELL = 400


@dataclass(slots=True)
class Node:
    """A block-level element as the lines in it see it.

    `first` and `last` bound its lines (last excluded), `names` are its class, id and the like, and elements that repeat
    one another (same tags and classes all the way up, numbers aside) have the same `shape`.
    """

    tag: str
    parent: Node | None
    depth: int
    names: str = ""
    hidden: bool = False
    first: int = 0
    last: int = 0
    aria: str = ""
    shape: int = 0


@dataclass(slots=True)
class Line:
    """One line of the page.

    `linked` and `bold` count its characters inside links and bold type, `breaks` the `<br>` between it and the line
    before in the same element; lines of one list or table share a `group`. `inner` are the tags of its first inline
    elements, each with its names.
    """

    text: str
    role: str
    node: Node
    level: int = 0
    linked: int = 0
    links: int = 0
    bold: int = 0
    breaks: int = 0
    group: int = -1
    inner: tuple[str, ...] = ()
    tags: dict[str, Any] = field(default_factory=dict)

    def role_tags(self) -> dict[str, Any]:
        """Return the tags that tell a writer how to show the line."""
        found: dict[str, Any] = {"role": self.role, **self.tags}
        if self.level:
            found["level"] = self.level
        return found


class _Walk:
    """The state of one walk."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pieces: list[str] = []
        self.inner: list[str] = []
        self.size = self.linked = self.links = self.bold = 0
        self.in_link = self.in_bold = self.in_pre = 0
        self.breaks = 0
        self.depth_seen = 0
        self.lists: list[tuple[int, str]] = []  # the list elements around: number, kind
        self.count = 0
        self.shapes: dict[tuple[int, str, str], int] = {}

    def text(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            size = len(text) if self.in_pre else len(text.strip())
            self.size += size
            if self.in_link:
                self.linked += size
            if self.in_bold:
                self.bold += size

    def enter(self, tag: str, element: Any) -> None:
        """Note an inline element."""
        if len(self.inner) < _MAX_INNER:
            get = element.get
            self.inner.append(f"{tag} {get('class', '')} {get('itemprop', '')} {get('rel', '')}")

    def part(self, element: Any) -> None:
        """Put a space between two labels that stand side by side without one: a style sheet parts them on the page.

        A first letter in a `<span>` of its own stays with its word.
        """
        if self.in_pre or not self.pieces or len(self.pieces[-1]) < 2 or not self.pieces[-1][-1].isalnum():
            return
        previous = element.getprevious()
        if previous is None or previous.tail or previous.tag not in _LABELS or not (element.text or "")[:1].isalnum():
            return
        if "a" in (element.tag, previous.tag) or element.get("class") != previous.get("class"):
            self.pieces.append(" ")

    def flush(self, node: Node) -> None:
        if not self.size:
            self.pieces.clear()
            self.inner.clear()
            return
        raw = "".join(self.pieces)
        text = raw.strip("\r\n").rstrip() if self.in_pre else _FOLDED.sub(" ", raw).strip()
        if text.strip():
            line = Line(
                text, *_role(node, self), self.linked, self.links, self.bold, self.breaks, inner=tuple(self.inner)
            )
            self._place(line)
            self.lines.append(line)
        self.pieces.clear()
        self.inner.clear()
        self.size = self.linked = self.links = self.bold = 0
        self.breaks = 0

    def _place(self, line: Line) -> None:
        if line.role == "item" and self.lists:
            line.group = self.lists[-1][0]
            line.tags = {"list": self.lists[-1][1], "level": len(self.lists)}


def _role(node: Node, walk: _Walk) -> tuple[str, Node, int]:
    if walk.in_pre:
        return "code", node, 0
    at: Node | None = node
    role, level = "paragraph", 0
    for _ in range(6):
        if at is None:
            break
        tag = at.tag
        if tag in _HEADINGS:
            return "heading", node, _HEADINGS[tag]
        if tag in ("figcaption", "caption"):
            return "caption", node, 0
        if tag == "blockquote":
            return "quote", node, 0
        if tag in ("li", "dt", "dd") and role == "paragraph":
            role = "item"
        elif tag in ("td", "th", "table", "ul", "ol", "article", "main", "body", "nav", "form"):
            break
        at = at.parent
    return role, node, level


def walk(root: Any, *, noscript: bool = False) -> tuple[list[Line], int]:
    """Return the lines of the page in document order, and the depth that was reached.

    With `noscript` the text that a page holds for readers without scripts counts as well.
    """
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  # a compiled module

    state = _Walk()
    top = Node("html", None, 0)
    stack = [top]
    node = top
    skipped = frozenset(_SKIPPED - {"noscript"}) if noscript else _SKIPPED
    events = etree.iterwalk(root, events=("start", "end"))
    depth = 0
    for event, element in events:
        tag = element.tag
        if not isinstance(tag, str):  # an entity or something else that is no element
            if event == "end":
                state.text(element.tail)
            continue
        if event == "start":
            depth += 1
            state.depth_seen = max(state.depth_seen, depth)
            if tag in skipped:
                events.skip_subtree()
                continue
            if tag in BLOCK_TAGS or "-" in tag:
                state.flush(node)
                state.breaks = 0
                node = _enter(element, tag, node, state)
                stack.append(node)
            elif tag == "br":
                if state.in_pre:
                    state.pieces.append("\n")
                else:
                    state.flush(node)
                    if state.lines and state.lines[-1].node is node:
                        state.breaks += 1
                continue
            else:
                state.enter(tag, element)
            if tag == "a":
                state.in_link += 1
                if not len(element) and (element.text or "").strip() in _ANCHORS:
                    continue
                state.links += 1
                state.part(element)
            elif tag in _LABELS:
                state.part(element)
            elif tag in ("b", "strong"):
                state.in_bold += 1
            state.text(element.text)
            continue
        depth -= 1
        if tag in skipped:
            if tag not in ("script", "style", "template", "svg", "math", "noscript"):
                state.flush(node)
        elif tag in BLOCK_TAGS or "-" in tag:
            state.flush(node)
            state.breaks = 0
            _leave(tag, node, state)
            stack.pop()
            node = stack[-1]
        elif tag == "a":
            state.in_link -= 1
        elif tag in ("b", "strong"):
            state.in_bold -= 1
        if element is not root:
            state.text(element.tail)
    state.flush(node)
    top.last = len(state.lines)
    return state.lines, state.depth_seen


def _enter(element: Any, tag: str, parent: Node, state: _Walk) -> Node:
    get = element.get
    names = " ".join([value for value in map(get, _NAMING) if value])
    style = get("style")
    hidden = parent.hidden or get("hidden") is not None or bool(style and _HIDDEN_STYLE.search(style))
    key = (parent.shape, tag, _DIGITS.sub("0", get("class", "")))
    shape = state.shapes.setdefault(key, len(state.shapes) + 1)
    node = Node(tag, parent, parent.depth + 1, names, hidden, len(state.lines), 0, get("role", ""), shape)
    if tag == "pre":
        state.in_pre += 1
    elif tag in ("ul", "ol", "dl"):
        state.count += 1
        state.lists.append((state.count, "ordered" if tag == "ol" else "unordered"))
    return node


def _leave(tag: str, node: Node, state: _Walk) -> None:
    node.last = len(state.lines)
    if tag == "pre":
        state.in_pre -= 1
    elif tag in ("ul", "ol", "dl"):
        state.lists.pop()
    elif tag == "tr":
        _join_row(node, state)
    elif tag == "table":
        state.count += 1
        for line in state.lines[node.first : node.last]:
            if line.role == "row":
                line.group = state.count


def _join_row(row: Node, state: _Walk) -> None:
    """Make one line of a row whose cells hold data; a row that lays out the page keeps its lines."""
    cells = state.lines[row.first :]
    if len(cells) < 2 or any(cell.role != "paragraph" or len(cell.text) > _MAX_CELL for cell in cells):
        return
    owners = []
    for cell in cells:
        at: Node | None = cell.node
        while at is not None and at.tag not in ("td", "th"):
            at = at.parent
        owners.append(at)
    if len({id(owner) for owner in owners}) < len(cells) or any(o is None or o.parent is not row for o in owners):
        return
    tags = {"header": True} if all(owner.tag == "th" for owner in owners if owner) else {}
    joined = Line(
        CELLS.join(cell.text for cell in cells),
        "row",
        row,
        0,
        sum(cell.linked for cell in cells),
        sum(cell.links for cell in cells),
        sum(cell.bold for cell in cells),
        inner=tuple([name for cell in cells for name in cell.inner][:_MAX_INNER]),
        tags=tags,
    )
    del state.lines[row.first :]
    state.lines.append(joined)
    row.last = len(state.lines)
