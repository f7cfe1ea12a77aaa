"""Draw precision over recall from the tables of SCORES.md.

    python training/boilerplate/curves.py docs/pictures/boilerplate-curves.svg

A curve for each source, a dot for each threshold, with the threshold beside it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

#: Source, its name in the picture, its colour.
CURVES = (
    ("contaminated", "short lines put into articles", "#1f6feb"),
    ("html", "all lines of a page", "#bc4c00"),
)
#: Left, top, width and height of the plot; the lowest recall and precision in it.
LEFT, TOP, WIDTH, HEIGHT = 60, 20, 560, 330
LOWEST = (40.0, 86.0)
LABELLED = ("0.3", "0.5", "0.7", "0.9", "0.97")
_TABLE_ROW = re.compile(r"\| ([\d.]+) \| \d+ \| ([\d.]+)% \| ([\d.]+)%")


def points(scores: str, source: str) -> list[tuple[str, float, float]]:
    """Return threshold, recall and precision in per cent of a source's first table."""
    table = scores.split(f"\n## {source}\n", 1)[1].split("\n###", 1)[0]
    return [(above, float(recall), float(precision)) for above, precision, recall in _TABLE_ROW.findall(table)]


def place(recall: float, precision: float) -> tuple[float, float]:
    """Return where a point lies in the picture."""
    x = LEFT + WIDTH * (recall - LOWEST[0]) / (100 - LOWEST[0])
    y = TOP + HEIGHT * (100 - precision) / (100 - LOWEST[1])
    return round(x, 1), round(y, 1)


def axes() -> list[str]:
    """Return the grid with its numbers and names."""
    parts = []
    for recall in range(40, 101, 10):
        x, _ = place(recall, 100)
        parts.append(f'<path d="M{x} {TOP}v{HEIGHT}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{x}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{recall}</text>')
    for precision in range(86, 101, 2):
        _, y = place(100, precision)
        parts.append(f'<path d="M{LEFT} {y}h{WIDTH}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{precision}</text>')
    middle = LEFT + WIDTH / 2
    parts.append(f'<text x="{middle}" y="{TOP + HEIGHT + 38}" text-anchor="middle">recall, %</text>')
    parts.append(f'<text x="16" y="{TOP + HEIGHT / 2}" transform="rotate(-90 16 {TOP + HEIGHT / 2})" '
                 'text-anchor="middle">precision, %</text>')  # fmt: skip
    return parts


def curve(found: list[tuple[str, float, float]], colour: str) -> list[str]:
    """Return a curve with its dots; thresholds beside some of them."""
    inside = [(above, *place(recall, precision)) for above, recall, precision in found if recall >= LOWEST[0]]
    line = " ".join(f"{x},{y}" for _, x, y in inside)
    parts = [f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for above, x, y in inside:
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
        if above in LABELLED:
            parts.append(f'<text x="{x - 6}" y="{y + 14}" text-anchor="end" fill="{colour}">{above}</text>')
    return parts


def main() -> None:
    """Write the picture."""
    scores = Path(__file__).with_name("SCORES.md").read_text(encoding="utf-8")
    parts = axes()
    for number, (source, name, colour) in enumerate(CURVES):
        parts += curve(points(scores, source), colour)
        parts.append(f'<text x="{LEFT + 12}" y="{TOP + HEIGHT - 30 + 18 * number}" fill="{colour}">{name}</text>')
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="sans-serif" font-size="12">'
    title = "<title>Precision over recall of the stage boilerplate, by threshold</title>"
    white = '<rect width="640" height="400" fill="#ffffff"/>'
    Path(sys.argv[1]).write_text("\n".join([head, title, white, *parts, "</svg>", ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
