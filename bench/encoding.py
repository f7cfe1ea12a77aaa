#!/usr/bin/env python3
"""Measure `decode` and `repair` on cases with known answers, beside chardet, charset-normalizer and ftfy.

    bench/encoding.py DATA [--predictions OUT]

DATA is a JSON lines file (.jsonl or .jsonl.gz), or a folder of such files, of records {id, kind, text} with `bytes`
(base64), for decode, or `damaged`, for repair. Printed for each kind, in per cent of its cases: `exact`, the known text
character for character (a leading U+FEFF and line endings aside), and `wrong`, something else than the known text and,
for repair, than the damaged one; what is missing to 100 was left as it was. For kinds that begin with `clean`, wrong
means changed. `bytes-lost` cannot be had back and counts for no total. OUT takes one {"id", "text"} a line, for other
scorers. Each line of a .txt file is taken for a clean text, as it stands and in capitals.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chardet
import charset_normalizer
import ftfy

from copydesk import Chain, InputError
from copydesk_stages.decode import Decode
from copydesk_stages.repair import Repair

Case = dict[str, Any]
DECODE, REPAIR = Chain.of(Decode()), Chain.of(Repair())
NOT_COUNTED = "bytes-lost"
FTFY = ftfy.TextFixerConfig(
    fix_latin_ligatures=False, fix_character_width=False, uncurl_quotes=False, normalization=None, explain=False
)


def read(data: Path) -> Iterator[tuple[str, Case]]:
    """Yield each case with the name of the file it stands in, up to the first dot."""
    for path in sorted((*data.glob("*.jsonl*"), *data.glob("*.txt"))) if data.is_dir() else [data]:
        if path.suffix == ".txt":
            yield from clean_lines(path)
            continue
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8", errors="surrogatepass") as file:
            for line in file:
                case = json.loads(line) if line.strip() else {}
                if "bytes" in case or "damaged" in case:
                    yield path.name.split(".")[0], case


def clean_lines(path: Path) -> Iterator[tuple[str, Case]]:
    """Yield the lines of a file of clean text as cases, as they stand and in capitals."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")):
        for kind, text in (("clean", line), ("clean-caps", line.upper())):
            if text.strip():
                yield "clean lines", {"id": f"{path.name} {number} {kind}", "kind": kind, "text": text, "damaged": text}


def with_decode(case: Case) -> str:
    """Return what the stage makes of the bytes, an empty text where it refuses them."""
    try:
        return DECODE.run(base64.b64decode(case["bytes"])).text
    except InputError:
        return ""


def with_detector(detect: Callable[[bytes], str | None]) -> Callable[[Case], str]:
    """Return a decoder that tries strict UTF-8, then what `detect` says."""

    def decode(case: Case) -> str:
        data = base64.b64decode(case["bytes"])
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode(detect(data) or "cp1252", "replace")

    return decode


def chardet_says(data: bytes) -> str | None:
    """Return chardet's answer."""
    found = chardet.detect(data)["encoding"]
    return found if isinstance(found, str) else None


def normalizer_says(data: bytes) -> str | None:
    """Return charset-normalizer's answer."""
    best = charset_normalizer.from_bytes(data).best()
    return best.encoding if best else None


DECODERS: dict[str, Callable[[Case], str]] = {
    "copydesk": with_decode,
    "chardet": with_detector(chardet_says),
    "charset-normalizer": with_detector(normalizer_says),
}
REPAIRERS: dict[str, Callable[[Case], str]] = {
    "copydesk": lambda case: REPAIR.run(case["damaged"]).text,
    "ftfy": lambda case: ftfy.fix_text(case["damaged"], FTFY),
}


def plain(text: str) -> str:
    """Return the text without what does not count."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def outcome(case: Case, text: str) -> str:
    """Return `exact`, `kept` or `wrong`."""
    if plain(text) == plain(case["text"]):
        return "exact"
    return "kept" if text == case.get("damaged") else "wrong"


def table(cases: Iterable[Case], tools: dict[str, Callable[[Case], str]]) -> dict[str, str]:
    """Print a table of kinds and tools; return what the first tool, this project, answers."""
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    answers: dict[str, str] = {}
    for case in cases:
        groups = [case["kind"]]
        if case["kind"] != NOT_COUNTED:
            groups.append("all clean" if case["kind"].startswith("clean") else "all")
        for number, (name, tool) in enumerate(tools.items()):
            text = tool(case)
            if number == 0:
                answers[case["id"]] = text
            for group in groups:
                counts[group][name][outcome(case, text)] += 1
    print(f"{'':20}{'cases':>7}" + "".join(f"{name:>20}" for name in tools))
    print(f"{'':27}" + "".join(f"{'exact':>12}{'wrong':>8}" for _ in tools))
    for group in sorted(counts, key=lambda group: (group.startswith("all"), group)):
        row = counts[group]
        total = next(iter(row.values())).total()
        cells = (f"{100 * row[n]['exact'] / total:12.2f}{100 * row[n]['wrong'] / total:8.2f}" for n in tools)
        print(f"{group:20}{total:7}" + "".join(cells))
    print()
    return answers


def main() -> int:
    """Print a table for each file of cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a .jsonl, .jsonl.gz or .txt file, or a folder of them")
    parser.add_argument("--predictions", type=Path, metavar="OUT", help="write what copydesk answers, as JSON lines")
    arguments = parser.parse_args()
    files: defaultdict[str, list[Case]] = defaultdict(list)
    for name, case in read(arguments.data):
        files[name].append(case)
    if not files:
        print(
            f"{arguments.data}: no .jsonl or .jsonl.gz file with `bytes` or `damaged` in it, and no .txt",
            file=sys.stderr,
        )
        return 2
    tools = ("copydesk", "chardet", "charset-normalizer", "ftfy")
    print(", ".join(f"{name} {version(name)}" for name in tools) + f", Python {sys.version.split()[0]}\n")
    answers: dict[str, str] = {}
    for name, cases in files.items():
        print(name)
        answers |= table(cases, DECODERS if "bytes" in cases[0] else REPAIRERS)
    if arguments.predictions:
        rows = (json.dumps({"id": key, "text": text}) + "\n" for key, text in answers.items())
        arguments.predictions.write_text("".join(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
