#!/usr/bin/env python3
"""How long copydesk takes to start, as a ratio to what its imports alone take.

    bench/startup.py [FILE] [--runs N]

Runs `copydesk clean FILE` and an interpreter that only imports the same modules in turn, and prints medians of both and
of the ratio pair by pair; likewise `copydesk --version` beside an interpreter that does nothing. Numbers of one run on
one machine: read the ratios, not the milliseconds.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import copydesk

SEED = Path(__file__).parent.parent / "seeds" / "000_126971dc334fec75.txt"
LOADED = """
import json, sys
from copydesk.cli import main
try:
    main(["clean", sys.argv[1], "-o", sys.argv[2]])
except SystemExit:
    pass
print(json.dumps([n for n, m in sys.modules.items() if getattr(m, "__spec__", None) and n != "__main__"]))
"""
IMPORT = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
"""


def seconds(command: list[str]) -> float:
    """Return the wall time of one run of a command."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def paired(name: str, one: list[str], other: list[str], runs: int) -> None:
    """Print medians of two commands run in turn, and of the ratio of each pair."""
    for command in (one, other):
        seconds(command)
    pairs = [(seconds(one), seconds(other)) for _ in range(runs)]
    a, b = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    ratios = sorted(x / y for x, y in pairs)
    print(
        f"{name:<34}{a:8.0f} ms {b:8.0f} ms   ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=SEED)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    python = sys.executable
    out = str(Path(options.file).with_name(".startup.part"))
    found = subprocess.run(
        [python, "-c", LOADED, str(options.file), out], capture_output=True, text=True, check=True
    ).stdout
    Path(out).unlink()
    modules = json.dumps(json.loads(found.splitlines()[-1]))
    print(f"{time.strftime('%Y-%m-%d')}, copydesk {copydesk.__version__}, Python {platform.python_version()}")
    print(f"{'':<34}{'copydesk':>11} {'beside':>11}")
    paired("--version / an empty program", [python, "-m", "copydesk", "--version"], [python, "-c", ""], options.runs)
    clean = [python, "-m", "copydesk", "clean", str(options.file)]
    paired("clean / the imports it needs", clean, [python, "-c", IMPORT, modules], options.runs)


if __name__ == "__main__":
    main()
