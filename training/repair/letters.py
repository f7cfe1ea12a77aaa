"""Make the two tables of letter pairs that `repair` and `decode` weigh readings by.

    letters.py [--check] [FOLDER]

Sources, both installed with the project's dependencies, so that anybody can make the tables again:
names of territories, languages, scripts, currencies, months, days and units in every language of the Unicode CLDR (by
`babel`, Unicode licence), and the n-gram profiles of 55 languages of Wikipedia in `langdetect` (Apache-2.0).

`letter_pairs.json` holds, for every pair of Latin letters of which at least one is no ASCII letter, a level from 0
(common) to 5 (seen): how rare it is on average over all languages, each counting the same. `letter_languages.json`
holds for each language with an alphabet or abugida the pairs that it uses, by their rarity in half powers of ten;
languages with hardly a name of their own in the CLDR are left out. `^` is the beginning or end of a word. Pairs that no
source has are not listed. With `--check` nothing is written: exit code 1 if a table would change.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

OUT = Path(__file__).parents[2] / "stages/copydesk_stages"
LEVELS = 6
ENOUGH = 3000  # pairs, below which a language has too few to be told by
COMMONEST, STEP = 3.0, 0.5  # level 0 is met once in 1,000 pairs, each further level 10**0.5 times less


def is_letter(char: str) -> bool:
    """Tell whether `char` is a letter or a vowel sign of a script that has few enough of them to count pairs."""
    name = unicodedata.name(char, "")
    return unicodedata.category(char)[0] in "LM" and not name.startswith(("CJK", "HANGUL", "HIRAGANA", "KATAKANA"))


def is_latin(pair: str) -> bool:
    """Tell whether a pair is of Latin letters."""
    return all(char == "^" or unicodedata.name(char, "").startswith("LATIN") for char in pair)


def pairs_of(word: str) -> Iterator[str]:
    """Yield the pairs of letters of one word, with `^` for its ends."""
    marked = unicodedata.normalize("NFC", f"^{word.lower()}^")
    for first, second in pairwise(marked):
        if (first == "^" or is_letter(first)) and (second == "^" or is_letter(second)):
            yield first + second


def words_of(texts: Iterable[str]) -> Iterator[str]:
    """Yield the words of some texts."""
    for text in texts:
        letters = "".join(c if c.isalpha() or unicodedata.category(c)[0] == "M" else " " for c in text)
        yield from letters.split()


def cldr() -> Iterator[tuple[str, Counter[str]]]:
    """Yield each language of the CLDR with the pairs in its names of things."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    english = _names(Locale.parse("en"))
    for name in sorted(locale_identifiers()):
        if "_" in name or name == "en":
            continue
        own = _names(Locale.parse(name)) - english
        counts = Counter(pair for word in words_of(sorted(own)) for pair in pairs_of(word))
        if counts.total() >= 500:
            yield name, counts


def _names(locale: object) -> set[str]:
    names: set[str] = set()
    for kind in ("territories", "languages", "scripts", "currencies", "variants"):
        names.update(str(value) for value in getattr(locale, kind).values())
    for kind in ("days", "months", "quarters"):
        for widths in getattr(locale, kind).values():
            names.update(str(value) for value in widths["wide"].values())
    return names


def langdetect() -> Iterator[tuple[str, Counter[str]]]:
    """Yield each language of langdetect's profiles with its pairs."""
    spec = find_spec("langdetect")
    assert spec
    assert spec.origin
    for path in sorted((Path(spec.origin).parent / "profiles").iterdir()):
        frequencies = json.loads(path.read_text(encoding="utf-8"))["freq"]
        counts: Counter[str] = Counter()
        for gram, count in frequencies.items():
            pair = gram.replace(" ", "^").lower()
            if len(pair) == 2 and all(char == "^" or is_letter(char) for char in pair):
                counts[pair] += count
        if counts.total():
            yield path.name, counts


def pooled(languages: dict[str, Counter[str]]) -> dict[str, str]:
    """Return level -> all its pairs in one string, over all languages."""
    shares: Counter[str] = Counter()
    of_latin = 0
    for _, counts in sorted(languages.items()):
        latin = Counter({pair: count for pair, count in counts.items() if is_latin(pair)})
        total = latin.total()
        if total < counts.total() // 2:
            continue
        of_latin += 1
        for pair, count in sorted(latin.items()):
            shares[pair] += count / total
    levels: dict[int, list[str]] = {level: [] for level in range(LEVELS)}
    for pair, share in sorted(shares.items()):
        if not pair.isascii() and pair != "^^":
            rarity = -math.log10(round(share / of_latin, 12))
            levels[max(0, min(LEVELS - 1, math.floor((rarity - COMMONEST) / STEP)))].append(pair)
    return {str(level): "".join(pairs) for level, pairs in levels.items()}


def by_language(languages: dict[str, Counter[str]]) -> dict[str, dict[str, str]]:
    """Return language -> rarity in half powers of ten -> all its pairs in one string."""
    table = {}
    for name, counts in sorted(languages.items()):
        total = counts.total()
        if total < ENOUGH:
            continue
        levels: dict[int, list[str]] = {}
        for pair, count in sorted(counts.items()):
            if pair != "^^" and count > 1:
                levels.setdefault(min(9, round(-2 * math.log10(round(count / total, 12)))), []).append(pair)
        table[name] = {str(level): "".join(pairs) for level, pairs in sorted(levels.items())}
    return table


def collect() -> dict[str, Counter[str]]:
    """Return language -> its pairs, from both sources in equal parts where both have it."""
    languages: dict[str, Counter[str]] = {}
    for source in (cldr(), langdetect()):
        for name, counts in source:
            if all(pair.isascii() for pair in counts):
                continue
            known = languages.setdefault(name, Counter())
            scale = max(1, known.total() // max(1, counts.total()))
            if known.total() and counts.total() > known.total():
                factor = counts.total() // known.total()
                known = Counter({pair: count * factor for pair, count in known.items()})
            for pair, count in sorted(counts.items()):
                known[pair] += count * scale
            languages[name] = known
    return languages


def main() -> int:
    """Write the tables, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=OUT)
    parser.add_argument("--check", action="store_true", help="compare with what is there and write nothing")
    arguments = parser.parse_args()
    languages = collect()
    print(f"{len(languages)} languages", file=sys.stderr)
    tables = {"repair/letter_pairs.json": pooled(languages), "letter_languages.json": by_language(languages)}
    changed = 0
    for name, table in tables.items():
        path = arguments.folder / name
        made = json.dumps(table, ensure_ascii=False, indent=1) + "\n"
        changed += not path.exists() or path.read_text(encoding="utf-8") != made
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made, encoding="utf-8")
    return int(arguments.check and changed > 0)


if __name__ == "__main__":
    sys.exit(main())
