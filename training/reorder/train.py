"""Learn the weights of the stage `reorder` and write them, with a table of scores by publisher folds.

    train.py DATA [--out weights.toml] [--scores scores.txt]

DATA is a folder with `dev.jsonl.gz`, `bbc.dev.jsonl.gz` and `wcxb.dev.jsonl.gz`: articles in reading order, one
`{"id", "publisher", "lang", "paragraphs"}` a line. Articles are split into five folds by publisher (those of one
publisher only, by article). For each fold the weights are learned from the other four, and the gate from what those
weights say of damaged and intact articles that they have not seen. The same data give the same files, bit for bit.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from fitting import Article, fit, logistic
from order import TASKS, articles, damage, tau

from copydesk_stages.reorder.gate import features
from copydesk_stages.reorder.model import parse
from copydesk_stages.reorder.plan import look as judge
from copydesk_stages.reorder.plan import plan
from copydesk_stages.reorder.resources import load

FOLDS = 5
#: How much an article of a source counts. BBC's five-paragraph digests would else decide what a story looks like.
SOURCES = {"dev": 1.0, "bbc.dev": 0.2, "wcxb.dev": 0.5}
LANGUAGES = ("en", "de")
GATE = ("place", "behind", "first", "last", "size", "words", "rare", "quoted")
#: What a damaged article counts for when the gate is learned: light damage is to be left alone, as intact articles are.
GATE_TASKS = {
    "intact": 1.0,
    "shuffle": 1.0,
    "move3": 0.12,
    **dict.fromkeys(("lead", "tail", "move1", "swap", "quote"), 0.08),
}
GATE_SOURCES = {"dev": 1.0, "bbc.dev": 1.0, "wcxb.dev": 1.5}
GATE_PULL = 1.0
FEWEST = 9
WEIGHTS = Path(__file__).parents[2] / "stages/copydesk_stages/reorder/weights.toml"


class Seen(NamedTuple):
    """A damaged article as weights that do not know it see it."""

    article: Article
    task: str
    features: list[float] | None
    before: float
    after: float
    always: tuple[float, ...]


def fold_of(row: dict[str, Any]) -> int:
    """Return the fold of an article: all of a publisher are in one, however its name is written."""
    name = row["id"] if row["source"].startswith("bbc") else row["publisher"].lower().removeprefix("www.").split(".")[0]
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def look(article: Article, weights: Any) -> list[Seen]:
    """Return what the weights make of an article, intact and damaged in each way."""
    texts, language = article.row["paragraphs"], load(article.language)
    seen = []
    for task in TASKS:
        given = damage(task, texts, random.Random(f"1:{article.row['id']}:{task}"))
        if given is None or (article.n < FEWEST and task != "shuffle"):
            continue
        damaged = [texts[i] for i in given]
        row = None
        if (view := judge(damaged, language, weights)) is not None:
            values = features(view.scores)
            row = [values[name] for name in GATE]
            found = [given[i] for i in plan(view).paragraphs]
        after = tau(found) if row else 0.0
        if task == "shuffle":
            forced = judge(damaged, language, weights, forced=True)
            ordered = [given[i] for i in plan(forced).paragraphs] if forced else given
            always = (tau(ordered), float(ordered[0] == 0), float(ordered[-1] == article.n - 1))
        seen.append(Seen(article, task, row, tau(given), after, always if task == "shuffle" else ()))
    return seen


def fit_gate(seen: Sequence[Seen]) -> dict[str, float]:
    """Return the weights of the gate: shuffled against all else, by logistic regression."""
    seen = [s for s in seen if s.article.n >= FEWEST and s.features]
    rows = np.array([s.features for s in seen])
    deviation = rows.std(0)
    deviation[deviation == 0] = 1.0
    signs = np.array([1.0 if s.task == "shuffle" else -1.0 for s in seen])
    weights = np.array([GATE_TASKS[s.task] * GATE_SOURCES[s.article.row["source"]] for s in seen])
    inputs = np.hstack([np.ones((len(seen), 1)), rows / deviation]) * signs[:, None]
    pull = np.r_[0.0, np.full(len(GATE), GATE_PULL)]
    found = logistic(inputs, weights, pull, np.zeros(len(GATE) + 1))
    values = np.r_[found[0], found[1:] / deviation]
    return {name: round(float(value), 3) + 0.0 for name, value in zip(("bias", *GATE), values, strict=True)}


def opened(gate: dict[str, float], seen: Seen) -> float:
    """Return the gate's confidence, 0 where the text has an order of its own."""
    if not seen.features:
        return 0.0
    z = gate["bias"] + sum(gate[name] * value for name, value in zip(GATE, seen.features, strict=True))
    return round(float(1.0 / (1.0 + np.exp(-z))), 3)


def write(path: Path, tables: dict[str, Any]) -> None:
    """Write the tables as TOML."""
    lines = ["# Made by training/reorder/train.py: what each signal is worth, in nats. Do not edit by hand."]
    words = {f"words.{language}": table for language, table in tables["words"].items()}
    for name, table in {**{k: v for k, v in tables.items() if k != "words"}, **words}.items():
        lines.append(f"\n[{name}]")
        quoted = name.startswith("words.")
        lines += [f'"{key}" = {value}' if quoted else f"{key} = {value}" for key, value in table.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(seen: Sequence[Seen], gates: Callable[[Seen], dict[str, float]]) -> list[str]:
    """Return the lines of the table of scores: orders by source, then the gate by source and threshold."""
    groups = sorted({(s.article.language, s.article.row["source"]) for s in seen})
    lines = ["every document ordered, articles of publishers that the weights have not seen", ""]
    lines.append(f"{'':<14}{'n':>5}{'tau in':>9}{'tau':>9}{'first':>9}{'last':>9}")
    for language, source in groups:
        own = [
            s for s in seen if (s.article.language, s.article.row["source"], s.task) == (language, source, "shuffle")
        ]
        means = np.mean([(s.before, *s.always) for s in own], axis=0)
        lines.append(f"{language} {source:<11}{len(own):>5}" + "".join(f"{v:>9.3f}" for v in means))
    lines += ["", f"the gate, documents of {FEWEST} paragraphs or more, other publishers than it was learned from", ""]
    lines.append(
        f"{'':<14}{'at':>6}{'intact acted on':>18}{'shuffled':>10}{'better':>8}{'light acted on':>16}{'better':>8}"
    )
    for language, source in groups:
        own = [s for s in seen if (s.article.language, s.article.row["source"]) == (language, source)]
        own = [s for s in own if s.article.n >= FEWEST]
        sure = [opened(gates(s), s) for s in own]
        for at in (0.8, 0.85, 0.9, 0.95):
            acted = [s for s, c in zip(own, sure, strict=True) if c >= at]
            intact = sum(s.task == "intact" for s in acted)
            shuffled = [s for s in acted if s.task == "shuffle"]
            light = [s for s in acted if s.task not in ("intact", "shuffle")]
            total = {t: sum(s.task == t for s in own) for t in TASKS}
            rest = sum(total.values()) - total["intact"] - total["shuffle"]
            harmed, touched = f"{intact}/{total['intact']}", f"{len(light)}/{rest}"
            lines.append(
                f"{language} {source:<11}{at:>6}{harmed:>18}"
                f"{len(shuffled) / total['shuffle']:>10.3f}{_share(shuffled):>8.3f}"
                f"{touched:>16}{_share(light):>8.3f}"
            )
    return lines


def _share(acted: Sequence[Seen]) -> float:
    return sum(s.after > s.before for s in acted) / len(acted) if acted else 0.0


def transfers(seen: Sequence[Seen], at: float) -> list[str]:
    """Return how a gate that is learned from one source alone does on the others."""
    lines = ["", f"a gate that is learned from one source alone, on the others, at {at}", ""]
    for learned in SOURCES:
        gate = fit_gate([s for s in seen if s.article.row["source"] == learned])
        for judged in SOURCES:
            own = [s for s in seen if s.article.row["source"] == judged and s.article.n >= FEWEST]
            intact = [opened(gate, s) >= at for s in own if s.task == "intact"]
            shuffled = [opened(gate, s) >= at for s in own if s.task == "shuffle"]
            lines.append(
                f"{learned:<10} on {judged:<10} intact acted on {sum(intact)}/{len(intact)}, "
                f"shuffled {sum(shuffled) / len(shuffled):.3f}"
            )
    return lines


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--scores", type=Path, default=Path(__file__).parent / "scores.txt")
    given = parser.parse_args()
    paths = [given.data / f"{name}.jsonl.gz" for name in SOURCES]
    rows = [row for row in articles(paths) if row["lang"] in LANGUAGES]
    known = [Article(row, fold_of(row), SOURCES[row["source"]]) for row in rows]
    empty = {"gate": dict.fromkeys(("bias", *GATE), 0.0)}
    seen: list[Seen] = []
    for fold in range(FOLDS):
        weights = parse({**fit([a for a in known if a.fold != fold]), **empty})
        for article in known:
            if article.fold == fold:
                seen += look(article, weights)
        print(f"fold {fold} done", file=sys.stderr)
    gates = [fit_gate([s for s in seen if s.article.fold != fold]) for fold in range(FOLDS)]
    lines = [*table(seen, lambda s: gates[s.article.fold]), *transfers(seen, 0.9)]
    given.scores.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    write(given.out, {**fit(known), "gate": fit_gate(seen)})


if __name__ == "__main__":
    main()
