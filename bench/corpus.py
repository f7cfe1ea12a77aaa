#!/usr/bin/env python3
"""The shape of texts: how much is ASCII, how long lines are; of data, and of the corpora that `bench/batch.py` makes.

    python bench/corpus.py [FILE.jsonl.gz ...] [--count 2000]

prints a row for each file (JSON Lines with `text` or `paragraphs`) and for each corpus. `web` is invented text that has
the shape of news and web pages, in six languages; `ascii` is plain English paragraphs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

PER_FILE = 5_000
QUOTES, DASHES = frozenset("‘’“”„‚«»‹›"), frozenset("–—…·•")


class Tongue(NamedTuple):
    """A language of the corpus: its share, words parted by spaces, names, quotation marks, and what is no article."""

    share: int
    words: str
    names: tuple[str, ...]
    quotes: str
    furniture: tuple[str, ...]


ENGLISH = Tongue(
    70,
    "ferry island morning council harbour engine storm letter market river bridge teacher garden winter window street "
    "answer people money paper country company question number system program village music history report minister "
    "and but while after before because although the a the a this that every another of in on with from to under "
    "between it didn’t council’s said found opened carried turned waited built sold wrote asked brought "
    "painted repaired promised counted of the in the and to for at by is was were has had",
    ("Orla Venn", "Zoë Tarrow", "Bell & Hook", "Fenwick", "Ines Calder", "North Quay", "Tarrow & Sons"),
    "“”",
    (
        "Advertisement",
        "Share this article",
        "Read more",
        "Sign up for our newsletter",
        "By Orla Venn",
        "Photos · Video",
    ),
)
TONGUES = (
    ENGLISH,
    Tongue(
        10,
        "die der das und in von zu mit auf für über nach bei ist war hat hatte nicht auch aber Fähre Insel Morgen Rat "
        "Hafen Brücke Straße Lehrer Garten Winter Fenster Bürger Geld Zeitung Land Gesellschaft Frage Dorf Geschichte "
        "Bericht sagte fand öffnete trug wartete baute verkaufte schrieb fragte brachte malte zählte größer später "
        "schon wieder viele keine dieser jeder zwischen während wegen",
        ("Jörg Althoff", "Käthe Brandis", "Bell & Söhne", "Lindau"),
        "„“",
        ("Anzeige", "Artikel teilen", "Mehr lesen", "Von Käthe Brandis"),
    ),
    Tongue(
        5,
        "el la los las de en con por para que y no se un una más también pero isla mañana puerto puente maestro "
        "jardín invierno ventana calle pueblo dinero papel país compañía cuestión número música historia informe "
        "ministro dijo encontró abrió llevó esperó vendió escribió preguntó trajo pintó prometió contó después aunque "
        "sólo cada",
        ("Inés Quiroga", "Peña & Ruiz", "Muelle Norte"),
        "“”",
        ("Publicidad", "Compartir", "Leer más", "Por Inés Quiroga"),
    ),
    Tongue(
        5,
        "le la les de des du en avec pour que et ne pas un une plus aussi mais île matin port pont maître jardin hiver "
        "fenêtre rue village argent papier pays société question numéro musique histoire rapport ministre était a été "
        "trouvé ouvert porté attendu vendu écrit demandé apporté peint promis compté après très où déjà même l’île "
        "d’abord c’était qu’il à à",
        ("Noé Lambrec", "Hélène Varaud", "Quai du Nord"),
        "«»",
        ("Publicité", "Partager l’article", "Lire la suite", "Par Hélène Varaud"),
    ),
    Tongue(
        6,
        "и в на с по для что не он она они но остров утро порт мост учитель сад зима окно улица село деньги бумага "
        "страна общество вопрос число музыка история доклад министр сказал нашёл открыл нёс ждал построил продал "
        "написал спросил принёс обещал считал после также ещё уже где между каждый другой потому хотя",
        ("Нина Озерова", "Пётр Ладов", "Северный причал"),
        "«»",
        ("Реклама", "Поделиться", "Читать далее", "Нина Озерова"),
    ),
    Tongue(
        4,
        "i w na z do że nie się to jest był była ale także wyspa rano port most nauczyciel ogród zima okno ulica wieś "
        "pieniądze papier kraj spółka pytanie liczba muzyka historia raport minister powiedział znalazł otworzył niósł "
        "czekał zbudował sprzedał napisał zapytał przyniósł obiecał liczył później między każdy już gdzie też",
        ("Łucja Żarska", "Mróz i Syn"),
        "„”",
        ("Reklama", "Udostępnij", "Czytaj więcej"),
    ),
)  # fmt: skip
_TYPED = str.maketrans(
    {"’": "'", "“": '"', "”": '"', "–": "-", "…": "...", "·": "|", "•": "*", "ë": "e", "é": "e", "\xa0": " "}
)


@lru_cache
def _words(tongue: Tongue) -> list[str]:
    return tongue.words.split()


def _sentence(dice: random.Random, tongue: Tongue) -> str:
    words = dice.choices(_words(tongue), k=dice.randint(7, 24))
    if dice.random() < 0.2:
        words[dice.randrange(len(words))] = dice.choice(tongue.names)
    if dice.random() < 0.03:
        words.insert(dice.randrange(1, len(words)), "–")
    if dice.random() < 0.02:
        words.insert(1, f"{dice.randint(1, 99)}\xa0%")
    text = " ".join(words)
    text = text[0].upper() + text[1:] + dice.choice("............?!!…")
    return f"{tongue.quotes[0]}{text}{tongue.quotes[1]}" if dice.random() < 0.07 else text


def _heading(dice: random.Random, tongue: Tongue) -> str:
    if dice.random() < 0.1:
        return dice.choice(tongue.furniture)
    words = dice.choices(_words(tongue), k=dice.randint(1, 8))
    if dice.random() < 0.15:
        words[-1] = dice.choice(tongue.names)
    return " ".join(words).capitalize() + dice.choice(("", "", "", "", "", "", ".", ".", ":", " •"))


def web_document(dice: random.Random) -> str:
    """Return an invented document with the shape of a news story or, as often, of a page with many short lines."""
    tongue = dice.choices(TONGUES, [tongue.share for tongue in TONGUES])[0]
    news = dice.random() < 0.5
    size = dice.lognormvariate(2.75 if news else 4.1, 0.7)
    lines = [
        _heading(dice, tongue)
        if dice.random() < (0.1 if news else 0.55)
        else " ".join(_sentence(dice, tongue) for _ in range(dice.randint(1, 4 if news else 3)))
        for _ in range(max(3, min(400, int(size))))
    ]
    if tongue is ENGLISH and dice.random() < (0.1 if news else 0.45):
        lines = [line.translate(_TYPED) for line in lines]
    damage, at = dice.random(), dice.randrange(len(lines))
    if damage < 0.01:
        lines[at] += f" {_misread('The café wasn’t open.')}"
    elif damage < 0.015:
        lines = list(map(_misread, lines))
    elif damage < 0.03:
        lines[at] = lines[at].replace(" ", f" {dice.choice(chr(0x200B) + chr(0xAD) + chr(0xFEFF))}", 2)
    elif damage < 0.04:
        lines[at] += " Tarrow &amp; Sons, since&nbsp;1901."
    elif damage < 0.06:
        lines.append(lines[at])
    return "\n\n".join(lines) + "\n"


def _misread(line: str) -> str:
    """Return UTF-8 read as windows-1252, the way browsers do it."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in line.encode())


def ascii_document(dice: random.Random) -> str:
    """Return invented English paragraphs in ASCII, a fifth of them with mojibake."""
    words = [word for word in _words(ENGLISH) if word.isascii()]
    paragraphs = [
        " ".join(
            " ".join(dice.choices(words, k=dice.randint(7, 22))).capitalize() + "." for _ in range(dice.randint(2, 6))
        )
        for _ in range(dice.randint(3, 10))
    ]
    if dice.random() < 0.2:
        paragraphs[0] += f" {_misread('The café on the pier wasn’t open.')}"
    for _ in range(dice.randint(0, 3)):
        paragraphs.insert(dice.randrange(len(paragraphs) + 1), dice.choice(ENGLISH.furniture[:5]))
    return "\n\n".join(paragraphs) + "\n"


CORPORA: dict[str, Callable[[random.Random], str]] = {"web": web_document, "ascii": ascii_document}


def make(folder: Path, size: int, corpus: str) -> None:
    """Write so many documents of a corpus, the same ones each time, as JSON Lines in files of 5,000."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True)
    dice = random.Random(size)
    for first in range(0, size, PER_FILE):
        with (folder / f"{first // PER_FILE:04}.jsonl").open("w", encoding="utf-8") as file:
            for number in range(first, min(first + PER_FILE, size)):
                row = {"id": str(number), "url": f"https://news.example/{number}", "text": CORPORA[corpus](dice)}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def shape(texts: Sequence[str]) -> str:
    """Return a row of the table."""
    size = sum(map(len, texts))
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    rest = [char for text in texts for char in text if char > "\x7f"]
    thousandth = size / 1000
    letters = [char for char in rest if char.isalpha()]
    shares = (
        sum(text.isascii() for text in texts) / len(texts),
        sum(line.isascii() for line in lines) / len(lines),
        sum(len(line) < 60 for line in lines) / len(lines),
    )
    densities = (
        sum(char in QUOTES for char in rest) / thousandth,
        sum(char in DASHES for char in rest) / thousandth,
        sum(char < "\u0250" for char in letters) / thousandth,
        sum(char >= "\u0250" for char in letters) / thousandth,
    )
    counts = (
        statistics.median(map(len, texts)), len(lines) / len(texts), statistics.median(map(len, lines)),
    )  # fmt: skip
    return (
        f"{len(texts):>10,}"
        + "".join(f"{share:>8.0%}" for share in shares)
        + "".join(f"{density:>9.2f}" for density in densities)
        + "".join(f"{count:>8,.0f}" for count in counts)
    )


def read(path: Path) -> Iterator[str]:
    """Yield the texts of a file of data."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            text = row["text"] if "text" in row else "\n\n".join(row["paragraphs"])
            if text.strip():
                yield text


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--count", type=int, default=2_000)
    options = parser.parse_args()
    print(f"{'':<26} documents   ascii   ascii   lines     of 1,000 characters: Latin   other   median   lines  median")
    print(f"{'':<26}               docs   lines    < 60   quotes   dashes  letters  letters   chars   a doc    line")
    for path in options.files:
        print(f"{path.name.split('.')[0]:<26}{shape(list(read(path)))}")
    for name, document in CORPORA.items():
        dice = random.Random(0)
        print(f"{name + ' (made)':<26}{shape([document(dice) for _ in range(options.count)])}")


if __name__ == "__main__":
    main()
