#!/usr/bin/env python3
"""Check the words by which close languages are told apart: `telling.py TEXTS [--times 12]`.

TEXTS is a JSON Lines file (`.gz` or not) of rows `{"lang", "text"}`, such as treebanks and translations hold. For each
group of kin.toml the words are printed that are not so many times as common in each of their own languages as in any
other of the group for which there are texts, with how often each language has them in a million words. Five are added
to each rate, so that a word seen once or twice proves nothing.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import tomllib
from pathlib import Path

from copydesk_stages.language.kin import pattern
from copydesk_stages.language.weights import LEXICON

ADDED = 5.0


def read(path: Path) -> dict[str, list[str]]:
    """Return the texts of each language, in small letters."""
    texts: dict[str, list[str]] = collections.defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            texts[row["lang"]].append(row["text"].lower())
    return texts


def rates(word: str, texts: dict[str, list[str]], sizes: dict[str, int]) -> dict[str, float]:
    """Return how often each language has a word of kin.toml in a million words."""
    found = {tag: sum(len(pattern(word).findall(text)) for text in of) for tag, of in texts.items()}
    return {tag: 1e6 * count / sizes[tag] for tag, count in found.items()}


def main() -> None:
    """Read, count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--times", type=float, default=12.0)
    args = parser.parse_args()
    texts = read(args.texts)
    sizes = {tag: sum(len(text.split()) for text in of) for tag, of in texts.items()}
    for group in tomllib.loads(LEXICON.read_text(encoding="utf-8"))["group"]:
        here = {tag: texts[tag] for tag in group["tags"] if tag in texts}
        print(" ".join(f"{tag} ({sizes.get(tag, 0)} words)" for tag in group["tags"]))
        for part in group["telling"]:
            for word in sorted(part["words"].split()):
                rate = rates(word, here, sizes)
                own = min((rate[tag] for tag in rate if tag in part["of"]), default=0.0)
                other = max((rate[tag] for tag in rate if tag not in part["of"]), default=0.0)
                if own + ADDED < args.times * (other + ADDED):
                    listed = ", ".join(f"{tag} {often:.0f}" for tag, often in rate.items())
                    print(f"    {word} ({', '.join(part['of'])}): {listed}")


if __name__ == "__main__":
    main()
