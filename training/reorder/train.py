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
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

from fitting import Article, fit, logistic
from order import TASKS, articles, damage, tau

from copydesk_stages.reorder.gate import Given, features, sigmoid
from copydesk_stages.reorder.model import parse
from copydesk_stages.reorder.plan import DOUBTFUL, MOST_WEIGHED, SLACK, decide, lead_gain
from copydesk_stages.reorder.plan import look as judge
from copydesk_stages.reorder.resources import load

FOLDS = 5
#: How much an article of a source counts. BBC's five-paragraph digests would else decide what a story looks like.
SOURCES = {"dev": 1.0, "bbc.dev": 0.2, "wcxb.dev": 0.5}
LANGUAGES = ("en", "de")
GATE = ("place", "behind", "first", "last", "size", "words", "rare", "quoted", "other_language")
#: What a damaged article counts for when the gate is learned: light damage is to be left alone, as intact articles are.
GATE_TASKS = {
    "intact": 1.0,
    "shuffle": 1.0,
    "move3": 0.12,
    "lead": 0.1,
    "tail": 0.08,
    "move1": 0.08,
    "swap": 0.08,
    "quote": 0.08,
}
GATE_SOURCES = {"dev": 1.0, "bbc.dev": 1.0, "wcxb.dev": 1.5}
GATE_PULL = 1.0
FEWEST = 9
#: The confidence from which the stage acts unless it is told otherwise.
LEAST = 0.7
WEIGHTS = Path(__file__).parents[2] / "stages/copydesk_stages/reorder/weights.toml"


class Seen(NamedTuple):
    """A damaged article as weights that do not know it see it.

    `features` are those of the gate at its first look, `closer` those at its second, `without` those of an intact or
    shuffled article without each of its paragraphs.
    """

    article: Article
    task: str
    features: list[float] | None
    closer: list[float] | None
    before: float
    always: tuple[float, ...]
    lead: float
    without: list[list[float]]


#: What stands for the tables that are learned from damaged articles, before they are.
EMPTY = {
    "gate": dict.fromkeys(("bias", *GATE), 0.0),
    "closer": dict.fromkeys(("bias", *GATE), 0.0),
    "lead": {"bias": 0.0, "gain": 0.0},
    "stray": {"bias": 0.0},
}


def read_articles(data: Path) -> list[Article]:
    """Return the articles of `DATA`, read, each with its fold and what it counts for."""
    rows = [row for row in articles([data / f"{name}.jsonl.gz" for name in SOURCES]) if row["lang"] in LANGUAGES]
    return [Article(row, fold_of(row), SOURCES[row["source"]]) for row in rows]


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
        if given is None:
            continue
        damaged = [texts[i] for i in given]
        view = judge(damaged, language, weights)
        row, closer, gain = None, None, 0.0
        without: list[list[float]] = []
        if view is not None:
            row, closer, gain = _row(view.seen), _row(view.closer), lead_gain(view.scores)[0]
            n = len(view.together)
            if task in ("intact", "shuffle") and n <= MOST_WEIGHED and article.n >= FEWEST:
                without = [_row(view.closer.without(i)) for i in range(n)]
        always: tuple[float, ...] = ()
        if task == "shuffle":
            forced = decide(damaged, language, weights, least=0.0, fewest=0, forced=True)
            ordered = [given[i] for i in forced.paragraphs] if forced else given
            always = (tau(ordered), float(ordered[0] == 0), float(ordered[-1] == article.n - 1))
        seen.append(Seen(article, task, row, closer, tau(given), always, gain, without))
    return seen


def _row(seen: Given) -> list[float]:
    found = features(seen)
    return [found[name] for name in GATE]


def outcomes(article: Article, weights: Any) -> list[tuple[str, float, float, bool]]:
    """Return by task what the whole decision makes of an article: tau before and after, and whether it acted."""
    texts, language = article.row["paragraphs"], load(article.language)
    found = []
    for task in TASKS:
        given = damage(task, texts, random.Random(f"1:{article.row['id']}:{task}"))
        if given is not None:
            made = decide([texts[i] for i in given], language, weights, least=LEAST, fewest=FEWEST)
            order = [given[i] for i in made.paragraphs] if made else given
            found.append((task, tau(given), tau(order), order != given))
    return found


def fit_gate(seen: Sequence[Seen], at: str) -> dict[str, float]:
    """Return the weights of the gate at one of its looks: shuffled against all else, by logistic regression."""
    seen = [s for s in seen if s.article.n >= FEWEST and s.features]
    rows = np.array([getattr(s, at) for s in seen])
    deviation = rows.std(0)
    deviation[deviation == 0] = 1.0
    signs = np.array([1.0 if s.task == "shuffle" else -1.0 for s in seen])
    weights = np.array([GATE_TASKS[s.task] * GATE_SOURCES[s.article.row["source"]] for s in seen])
    inputs = np.hstack([np.ones((len(seen), 1)), rows / deviation]) * signs[:, None]
    pull = np.r_[0.0, np.full(len(GATE), GATE_PULL)]
    found = logistic(inputs, weights, pull, np.zeros(len(GATE) + 1))
    values = np.r_[found[0], found[1:] / deviation]
    return {name: round(float(value), 3) + 0.0 for name, value in zip(("bias", *GATE), values, strict=True)}


def fit_gates(seen: Sequence[Seen]) -> dict[str, dict[str, float]]:
    """Return the weights of both looks of the gate."""
    return {"gate": fit_gate(seen, "features"), "closer": fit_gate(seen, "closer")}


def opened(gates: Mapping[str, dict[str, float]], seen: Seen) -> float:
    """Return the confidence that an order is needed, 0 where the text is no news or has an order of its own."""
    if not seen.features or not seen.closer or _odds(gates["gate"], seen.features) < DOUBTFUL:
        return 0.0
    rest = min((_odds(gates["closer"], row) for row in seen.without), default=float("inf"))
    return sigmoid(min(_odds(gates["closer"], seen.closer), rest + SLACK))


def _odds(gate: dict[str, float], row: Sequence[float]) -> float:
    return gate["bias"] + sum(gate[name] * value for name, value in zip(GATE, row, strict=True))


def fit_lead(seen: Sequence[Seen]) -> dict[str, float]:
    """Return how the gain of a move to the front becomes a confidence.

    It is `LEAST` where the gain is a tenth larger than it gets in any intact article that the weights have not seen.
    """
    most = 1.1 * max(s.lead for s in seen if s.task == "intact")
    return {"bias": round(float(np.log(LEAST / (1 - LEAST)) - most), 3), "gain": 1.0}


def fit_stray(seen: Sequence[Seen], gates: Mapping[str, dict[str, float]]) -> dict[str, float]:
    """Return how a fall of the gate's log-odds when a paragraph is taken out becomes a confidence that it is stray.

    It is `LEAST` where the fall is two fifths larger than it gets in any intact article that looks doubtful.
    """
    most = 0.0
    for s in seen:
        if s.task == "intact" and s.features and s.closer and s.without:
            whole, rest = _odds(gates["closer"], s.closer), min(_odds(gates["closer"], row) for row in s.without)
            if _odds(gates["gate"], s.features) >= DOUBTFUL and rest <= 0:
                most = max(most, whole - rest)
    return {"bias": round(float(np.log(LEAST / (1 - LEAST)) - 1.4 * most), 3)}


def tables(seen: Sequence[Seen]) -> dict[str, dict[str, float]]:
    """Return what is learned from damaged articles: both looks of the gate and what it takes to move one paragraph."""
    gates = fit_gates(seen)
    return {**gates, "lead": fit_lead(seen), "stray": fit_stray(seen, gates)}


def write(path: Path, tables: dict[str, Any]) -> None:
    """Write the tables as TOML."""
    lines = ["# Made by training/reorder/train.py: what each signal is worth, in nats. Do not edit by hand."]
    words = {f"words.{language}": table for language, table in tables["words"].items()}
    for name, table in {**{k: v for k, v in tables.items() if k != "words"}, **words}.items():
        lines.append(f"\n[{name}]")
        quoted = name.startswith("words.")
        lines += [f'"{key}" = {value}' if quoted else f"{key} = {value}" for key, value in table.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(seen: Sequence[Seen], acted: dict[tuple[str, str, str, str], list[Any]]) -> list[str]:
    """Return the lines of the table of scores: every document ordered, then the whole decision by task."""
    groups = sorted({(s.article.language, s.article.row["source"]) for s in seen})
    lines = ["every document ordered, publishers that the weights have not seen", ""]
    lines.append(f"{'':<14}{'n':>5}{'tau in':>9}{'tau':>9}{'first':>9}{'last':>9}")
    for language, source in groups:
        own = [
            s for s in seen if (s.article.language, s.article.row["source"], s.task) == (language, source, "shuffle")
        ]
        means = np.mean([(s.before, *s.always) for s in own], axis=0)
        lines.append(f"{language} {source:<11}{len(own):>5}" + "".join(f"{v:>9.3f}" for v in means))
    lines += ["", f"applied at {LEAST}, publishers that weights and gate have not seen", ""]
    lines.append(
        f"{'':<14}{'paragraphs':<12}{'task':<10}{'n':>5}{'acted':>7}{'better':>8}{'worse':>7}{'tau in':>9}{'tau':>9}"
    )
    for (language, source, size, task), rows in sorted(acted.items(), key=lambda i: (*i[0][:3], TASKS.index(i[0][3]))):
        better = sum(after > before for before, after, _ in rows)
        worse = sum(after < before for before, after, _ in rows)
        before, after, _ = np.mean(rows, axis=0)
        counts = f"{len(rows):>5}{sum(row[2] for row in rows):>7}{better:>8}{worse:>7}"
        lines.append(f"{language} {source:<11}{size:<12}{task:<10}{counts}{before:>9.3f}{after:>9.3f}")
    return lines


def bounds(acted: dict[tuple[str, str, str, str], list[Any]]) -> list[str]:
    """Return how many intact articles are changed, with the upper end of a 95 % interval (Clopper and Pearson)."""
    from scipy.stats import beta

    lines = ["", "intact articles changed, and the most that this leaves likely", ""]
    for language, source in sorted({key[:2] for key in acted}):
        rows = [
            row for key, found in acted.items() if key[:2] == (language, source) and key[3] == "intact" for row in found
        ]
        changed = sum(row[2] for row in rows)
        most = float(beta.ppf(0.975, changed + 1, len(rows) - changed))
        lines.append(f"{language} {source:<11}{changed} of {len(rows)}, at most {most:.1%}")
    return lines


def transfers(seen: Sequence[Seen], at: float) -> list[str]:
    """Return how a gate that is learned from one source alone does on the others."""
    lines = ["", f"a gate that is learned from one source alone, on the others, at {at}", ""]
    for known in SOURCES:
        gates = fit_gates([s for s in seen if s.article.row["source"] == known])
        for judged in SOURCES:
            own = [s for s in seen if s.article.row["source"] == judged and s.article.n >= FEWEST]
            intact = [opened(gates, s) >= at for s in own if s.task == "intact"]
            shuffled = [opened(gates, s) >= at for s in own if s.task == "shuffle"]
            lines.append(
                f"{known:<10} on {judged:<10} intact acted on {sum(intact)}/{len(intact)}, "
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
    known = read_articles(given.data)
    seen: list[Seen] = []
    learned = []
    for fold in range(FOLDS):
        learned.append(fit([a for a in known if a.fold != fold]))
        weights = parse({**learned[fold], **EMPTY})
        seen += [row for article in known if article.fold == fold for row in look(article, weights)]
        print(f"fold {fold} learned", file=sys.stderr)
    acted: defaultdict[tuple[str, str, str, str], list[Any]] = defaultdict(list)
    for fold in range(FOLDS):
        others = [s for s in seen if s.article.fold != fold]
        weights = parse({**learned[fold], **tables(others)})
        for article in known:
            if article.fold == fold:
                size = f"{FEWEST} and more" if article.n >= FEWEST else f"under {FEWEST}"
                for task, *row in outcomes(article, weights):
                    acted[article.language, article.row["source"], size, task].append(row)
    lines = [*table(seen, acted), *bounds(acted), *transfers(seen, LEAST)]
    given.scores.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    write(given.out, {**fit(known), **tables(seen)})


if __name__ == "__main__":
    main()
