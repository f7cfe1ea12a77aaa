#!/usr/bin/env python3
"""Make documents with a foreign line from translated news: `bench/language_documents.py NTREX-128 --out FILE`.

NTREX-128 is that folder of https://github.com/MicrosoftTranslator/NTREX (CC BY-SA 4.0; Federmann et al. 2022): the same
news in 128 languages, a sentence a line, translated by professionals, so that the labels are right. Nothing of copydesk
was learned from it or fitted to it. The rows are what `bench/language.py FILE` reads:

- `sentence`, `word-pair` and `article` (eight sentences in one line): documents of one line,
- `own-sentence` and `own-pair`, `foreign-sentence` and `foreign-pair`: the lines of documents of four sentences and
  three word pairs, two in three of which hold a sentence and a word pair of another language.

A word pair is two neighbouring words of five letters or more, in small letters; in Chinese and Japanese two letters; in
Thai there is none. The same folder gives the same file.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

#: File of NTREX-128 by language: those that the language stage's models know.
FILES = {
    "af": "afr", "ar": "arb", "az": "aze-Latn", "be": "bel", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces",
    "cy": "cym", "da": "dan", "de": "deu", "el": "ell", "en": "eng-GB", "es": "spa", "et": "est", "eu": "eus",
    "fa": "fas", "fi": "fin", "fr": "fra", "ga": "gle", "gu": "guj", "he": "heb", "hi": "hin", "hr": "hrv",
    "hu": "hun", "hy": "hye", "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "ka": "kat", "kk": "kaz",
    "ko": "kor", "lt": "lit", "lv": "lav", "mk": "mkd", "mn": "mon", "mr": "mar", "nb": "nob", "nl": "nld",
    "nn": "nno", "pa": "pan", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv",
    "so": "som", "sq": "sqi", "sr": "srp-Cyrl", "sv": "swe", "sw": "swa", "ta": "tam", "te": "tel", "th": "tha",
    "tl": "fil", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie", "xh": "xho", "yo": "yor", "zh": "zho-CN",
    "zu": "zul",
}  # fmt: skip
UNSPACED = {"ja", "zh"}
WORD = re.compile(r"\b[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0d7f\u200c\u200d])*\b")
DOCUMENTS = 90

Row = dict[str, str]


class Lines:
    """Sentences and word pairs of one language, each given once, in an order drawn by `seed`."""

    def __init__(self, tag: str, path: Path, seed: int) -> None:
        rng = random.Random(f"{seed} {tag}")
        self.tag = tag
        self.sentences = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        rng.shuffle(self.sentences)
        self.pairs = [rng.choice(found) for line in self.sentences if (found := list(pairs(tag, line)))]
        rng.shuffle(self.pairs)

    def take(self, what: str) -> Row:
        """Return a row of the next sentence or pair."""
        source = self.pairs if what.endswith("pair") else self.sentences
        return {"lang": self.tag, "kind": what, "text": source.pop()}


def pairs(tag: str, line: str) -> Iterator[str]:
    """Yield the word pairs of a sentence."""
    if tag == "th":
        return
    if tag in UNSPACED:
        letters = [c for c in line if c.isalpha() and not c.isascii()]
        yield from ("".join(two) for two in itertools.pairwise(letters))
    else:
        words = [w for w in WORD.findall(line.lower()) if len(w) >= 5]
        yield from (" ".join(two) for two in itertools.pairwise(words))


def rows(folder: Path, seed: int) -> Iterator[Row]:
    """Yield lines alone and documents, for every language of the folder."""
    rng = random.Random(seed)
    lines = {tag: Lines(tag, folder / f"newstest2019-ref.{name}.txt", seed) for tag, name in FILES.items()}
    tags = sorted(lines)
    for tag, own in lines.items():
        for kind in ("sentence", "word-pair") * 100:
            if own.pairs or kind == "sentence":
                yield own.take(kind)
        for _ in range(10):
            text = " ".join(own.take("sentence")["text"] for _ in range(8))
            yield {"lang": tag, "kind": "article", "text": text}
        for number in range(DOCUMENTS):
            wanted = ["own-sentence"] * 4 + ["own-pair"] * 3
            group = [own.take(kind) for kind in wanted if own.pairs or kind == "own-sentence"]
            if number % 3:
                other = lines[rng.choice([t for t in tags if t not in (tag, "th")])]
                group += [other.take(kind) for kind in ("foreign-sentence", "foreign-pair")]
            rng.shuffle(group)
            yield from ({"doc": f"{tag}{number}", **row} for row in group)


def main() -> None:
    """Write the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="NTREX-128")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    missing = [name for name in FILES.values() if not (args.folder / f"newstest2019-ref.{name}.txt").is_file()]
    if missing:
        raise SystemExit(f"{args.folder}: no newstest2019-ref.{missing[0]}.txt there; expected the folder NTREX-128")
    made = ({"id": str(number), **row} for number, row in enumerate(rows(args.folder, args.seed)))
    args.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf-8")


if __name__ == "__main__":
    main()
