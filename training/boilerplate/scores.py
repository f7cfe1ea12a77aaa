"""The table of scores across publishers: every line judged by a model that saw nothing of its publisher."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import sets

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)
#: Stands for the score of a line that an earlier stage took; the model gives at most .999.
TAKEN = 1.0
Judged = tuple[sets.Rows, list[float]]
Line = tuple[str, int, str, float, int]  # group, label, kind, score, words


def _lines(judged: Judged, group: Callable[[sets.Rows, int], str]) -> list[Line]:
    rows, scored = judged
    score_of = {
        (int(page), int(line)): score for page, line, score in zip(rows.page_of, rows.line_of, scored, strict=True)
    }
    return [
        (
            group(rows, number),
            label,
            kind or "",
            score_of.get((number, at), 0.0) if at >= 0 else TAKEN,
            len(line.split()),
        )
        for number, page in enumerate(rows.pages)
        for at, (line, label, kind) in (
            *enumerate(zip(page.lines, page.labels, page.kinds, strict=True)),
            *((-1, taken) for taken in page.gone),
        )
        if label is not None
    ]


def _row(lines: list[Line], above: float) -> str:
    hit = sum(score >= above and label == 0 for _, label, _, score, _ in lines)
    wrong = sum(score >= above and label == 1 for _, label, _, score, _ in lines)
    there = sum(label == 0 for _, label, _, _, _ in lines)
    lost = sum(words for _, label, _, score, words in lines if score >= above and label == 1)
    words = sum(words for _, label, _, _, words in lines if label == 1)
    precision, recall = hit / max(1, hit + wrong), hit / max(1, there)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{there} | {precision:.1%} | {recall:.1%} | {f1:.1%} | {lost / max(1, words):.2%}"


_HEAD = "boilerplate lines | precision | recall | F1 | loss |\n|---|---|---|---|---|---|\n"


def write(path: Path, results: list[Judged], digest: str) -> None:
    """Write the tables as Markdown: over thresholds, by fold, language and kind, and the reliability of the scores."""
    parts = [
        "# Scores of the boilerplate model across publishers\n",
        (
            f"Written by `training/boilerplate/train.py` with numpy {version('numpy')} and scikit-learn "
            f"{version('scikit-learn')}; weights {digest[:16]}. Four folds by publisher; a line is judged by a model "
            "that saw no line of its publisher's fold (word tables too). Calibration and thresholds are read off the "
            "same folds. Loss is the share of the article's words (by white space) that goes.\n"
        ),
    ]
    for judged in results:
        source = judged[0].pages[0].source
        lines = _lines(judged, lambda _, __: "all")
        body = "".join(f"| {t} | {_row(lines, t)} |\n" for t in THRESHOLDS)
        parts += [f"## {source}\n", f"| cut above | {_HEAD}{body}"]
        for name, group in (("fold", lambda r, n: str(r.pages[n].fold)), ("language", lambda r, n: r.pages[n].lang)):
            grouped: dict[str, list[Line]] = defaultdict(list)
            for line in _lines(judged, group):
                grouped[line[0]].append(line)
            for above in (0.5, 0.9):
                body = "".join(f"| {key} | {_row(grouped[key], above)} |\n" for key in sorted(grouped))
                parts.append(f"### By {name}, cut above {above}\n\n| {name} | {_HEAD}{body}")
        parts += [_kinds(lines), _reliability(lines)]
    path.write_text("\n".join(parts), encoding="utf-8")


def _kinds(lines: list[Line]) -> str:
    rows = []
    for kind in sorted({kind for _, label, kind, _, _ in lines if label == 0}):
        held = [score for _, label, of, score, _ in lines if label == 0 and of == kind]
        found = " | ".join(f"{sum(s >= t for s in held) / len(held):.1%}" for t in (0.5, 0.9))
        rows.append(f"| {kind or 'none'} | {len(held)} | {found} |\n")
    return "### Recall by kind\n\n| kind | lines | above 0.5 | above 0.9 |\n|---|---|---|---|\n" + "".join(rows)


def _reliability(lines: list[Line]) -> str:
    rows = []
    for low in (0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98):
        high = {0: 0.05, 0.05: 0.1, 0.9: 0.95, 0.95: 0.98, 0.98: 1.01}.get(low, low + 0.1)
        held = [(score, label) for _, label, _, score, _ in lines if low <= score < high and 0 < score < TAKEN]
        if held:
            mean = sum(score for score, _ in held) / len(held)
            share = sum(label == 0 for _, label in held) / len(held)
            rows.append(f"| {low:.2f} to {min(high, 1):.2f} | {len(held)} | {mean:.3f} | {share:.3f} |\n")
    return "### Reliability\n\n| score | lines | mean score | boilerplate |\n|---|---|---|---|\n" + "".join(rows)


def predictions(folder: Path, results: list[Judged]) -> None:
    """Write the scores of each line, for a look at thresholds with another scorer."""
    folder.mkdir(parents=True, exist_ok=True)
    for rows, scored in results:
        by_page = [[0.0] * len(page.lines) for page in rows.pages]
        for page, line, score in zip(rows.page_of, rows.line_of, scored, strict=True):
            by_page[page][line] = score
        with (folder / f"{rows.pages[0].source}.jsonl").open("w", encoding="utf-8") as file:
            for page, scores in zip(rows.pages, by_page, strict=True):
                file.write(json.dumps({"id": page.id, "scores": scores}) + "\n")
