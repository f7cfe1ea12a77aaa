#!/usr/bin/env python3
"""Batch runs measured: one and two workers, Ray, Spark, and datatrove's local executor with like stages.

    python bench/batch.py WORK_FOLDER [--sizes 1000 10000] [--corpus ascii] [--engines bare local1 local2 ...]

Makes a corpus in WORK_FOLDER (synthetic: `web` has the shape of news and pages, `ascii` is English paragraphs that are
ASCII but for a fifth of mojibake, see `bench/corpus.py`), cleans it by each engine in a process of its own, and prints
a table.
`cpu` is the time of all processes of a run together, `peak` the largest sum of their memory (PSS, sampled), `kill` a
local run with two workers of which one is killed midway. `--stages` chooses what runs: `repair` (datatrove: its
FTFYFormatter), `repair+c4` (and the line rules of C4; datatrove: its C4QualityFilter without the sentence count), or
`news`, the default chain, which has no like in datatrove.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from corpus import CORPORA, make

STAGES = ("repair", "repair+c4", "news")
ENGINES = ("bare", "local1", "local2", "kill", "ray", "spark", "datatrove1", "datatrove2")
C4 = """
[c4]
use = "copydesk_stages.line_rules:C4Lines"
action = "drop"
min_words = 3
min_sentences = 0
"""
CHAINS = {
    "repair": 'stages = ["repair"]\n',
    "repair+c4": f'stages = ["repair", "c4"]\n{C4}',
    "news": 'extends = "news"\n',
}


def run_bare(source: Path, target: Path) -> None:
    """Read, clean and write line by line in this process: what the chain itself costs."""
    from copydesk import Chain
    from copydesk.formats.base import Layout
    from copydesk.formats.jsonl import read_item, write_item

    chain = Chain.load(target.parent / "chain.toml")
    layout = Layout()
    target.mkdir()
    for path in sorted(source.iterdir()):
        with path.open("rb") as lines, (target / path.name).open("wb") as out:
            for number, line in enumerate(lines, start=1):
                item = read_item(number, line, layout)
                out.write(write_item(item, line, chain.run(item.data or ""), layout))


def run_copydesk(source: Path, target: Path, engine: str, workers: int) -> None:
    """Clean by a batch run."""
    from copydesk import batch

    report = batch.clean([source], target, chain=target.parent / "chain.toml", workers=workers, engine=engine)
    if report.failed or report.stopped:
        raise SystemExit(f"{report.failed} documents failed {report.stopped}")


def run_datatrove(source: Path, target: Path, workers: int) -> None:
    """Clean by datatrove's local executor, with stages that do about the same."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import C4QualityFilter
    from datatrove.pipeline.formatters import FTFYFormatter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    rules = [C4QualityFilter(min_num_sentences=-1)] if "[c4]" in (target.parent / "chain.toml").read_text() else []
    steps = [
        JsonlReader(str(source), compression=None),
        FTFYFormatter(),
        *rules,
        JsonlWriter(str(target), output_filename="${rank}.jsonl", compression=None),
    ]
    files = len(list(source.iterdir()))
    LocalPipelineExecutor(
        steps, tasks=min(files, 2 * workers), workers=workers, logging_dir=str(target) + "-logs", skip_completed=False
    ).run()


def one(engine: str, source: Path, target: Path) -> None:
    """Run one engine in this process."""
    workers = int(engine[-1]) if engine[-1].isdigit() else 2
    if engine == "bare":
        run_bare(source, target)
    elif engine.startswith("datatrove"):
        run_datatrove(source, target, workers)
    else:
        run_copydesk(source, target, engine if engine in ("ray", "spark") else "local", workers)


def family(leader: int) -> Iterator[int]:
    """Yield the processes of a session."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            if int(path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[3]) == leader:
                yield int(path.parent.name)


def look(leader: int, spent: dict[int, int]) -> int:
    """Return the memory of a session's processes, and note the processor ticks of each."""
    total = 0
    for pid in family(leader):
        with contextlib.suppress(OSError, ValueError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            spent[pid] = int(fields[11]) + int(fields[12])
    return total


def measure(engine: str, source: Path, work: Path, expected: float) -> dict[str, float]:
    """Run an engine in a session of its own; return seconds, processor seconds and peak memory."""
    target = work / f"out-{engine}"
    for folder in (target, Path(f"{target}-logs")):
        shutil.rmtree(folder, ignore_errors=True)
    start = time.monotonic()
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "RAY_USAGE_STATS_ENABLED": "0", "HF_HUB_OFFLINE": "1"}
    with (work / f"{engine}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, __file__, str(work), "--one", engine, "--source", str(source)],
            stdout=log, stderr=log, start_new_session=True, env=environment,
        )  # fmt: skip
        peak, killed, spent = 0, False, dict[int, int]()
        while process.poll() is None:
            peak = max(peak, look(process.pid, spent))
            others = {pid: ticks for pid, ticks in spent.items() if pid != process.pid}
            if engine == "kill" and not killed and others and time.monotonic() - start > expected / 2:
                with contextlib.suppress(OSError):
                    os.kill(max(others, key=lambda pid: others[pid]), signal.SIGKILL)
                killed = True
            time.sleep(0.05)
    seconds = time.monotonic() - start
    cpu = sum(spent.values()) / os.sysconf("SC_CLK_TCK")
    return {"seconds": seconds, "cpu": cpu, "peak": peak / 1e6, "failed": process.returncode}


def same(work: Path, engine: str) -> bool:
    """Tell whether an engine wrote the bytes that the bare chain wrote; datatrove's lines are its own."""
    target, bare = work / f"out-{engine}", work / "out-bare"
    return engine.startswith("datatrove") or all(
        (target / path.name).is_file() and filecmp.cmp(target / path.name, path, shallow=False)
        for path in bare.glob("*")
    )


def merged(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Return the better of two measurements: the least time, but the larger peak, and no fault forgiven."""
    worst = {"peak", "failed"}
    return {
        key: max(one[key], other[key]) if key in worst else min(one[key], other[key])
        for key in one
    }  # fmt: skip


def print_rates(pages: Path, corpus: Path, count: int = 100) -> None:
    """Print what one core does in a second: pages through `web`, and a driver that cuts lines and packs them."""
    import pickle

    from copydesk import Chain, Source
    from copydesk.batch.job import Span
    from copydesk.formats.base import Layout, sheaf
    from copydesk.formats.files import open_plain

    with open_plain(str(pages)) as file:
        data = [json.loads(line)["html"].encode() for line, _ in zip(file, range(count), strict=False)]
    chain, source = Chain.load("web"), Source(media_type="text/html")
    chain.run(data[0], source=source, on_error="keep")
    start = time.process_time()
    for page in data:
        chain.run(page, source=source, on_error="keep")
    spent = time.process_time() - start
    print(f"web: {len(data) / spent:.1f} pages of {sum(map(len, data)) / len(data) / 1000:.0f} kB a second and core")
    start = time.process_time()
    size = 0
    for path in sorted(corpus.iterdir()):
        size += path.stat().st_size
        for chunk in sheaf("jsonl").cut(str(path), Layout()):
            pickle.dumps(Span(1, "x", "jsonl", chunk, 0, chunk.count))
    print(f"driver: {size / (time.process_time() - start) / 1e6:,.0f} MB of JSON Lines a second and core")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=1, help="run all engines so often, and print each one's best")
    parser.add_argument("--stages", default="repair+c4", choices=STAGES)
    parser.add_argument("--corpus", default="web", choices=CORPORA)
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--pages", type=Path, help="JSON Lines with pages as `html`: also print rates of one core")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.source, options.work / f"out-{options.one}")
        return
    options.work.mkdir(parents=True, exist_ok=True)
    (options.work / "chain.toml").write_text(CHAINS[options.stages], encoding="utf-8")
    from importlib.metadata import PackageNotFoundError, version

    versions = []
    for name in ("copydesk", "ftfy", "datatrove", "ray", "pyspark"):
        with contextlib.suppress(PackageNotFoundError):
            versions.append(f"{name} {version(name)}")
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {os.cpu_count()} processors")
    print(", ".join(versions))
    for size in options.sizes:
        source = options.work / f"in-{options.corpus}-{size}"
        make(source, size, options.corpus)
        megabytes = sum(path.stat().st_size for path in source.iterdir()) / 1e6
        print(
            f"\n{size:,} documents, {megabytes:,.1f} MB, corpus {options.corpus} (synthetic); stages: {options.stages}"
        )
        heads = zip(("seconds", "docs/s", "MB/s", "cpu s", "cpu/bare", "peak MB"), (9, 9, 7, 8, 10, 9), strict=True)
        print("engine      " + "".join(head.rjust(width) for head, width in heads) + "  same bytes")
        best: dict[str, dict[str, float]] = {}
        for _ in range(options.rounds):
            for engine in options.engines:
                found = measure(engine, source, options.work, best.get("local2", {}).get("seconds", 0.0))
                found["same"] = found["failed"] or same(options.work, engine)
                best[engine] = merged(best.get(engine, found), found)
        bare = best.get("bare", {}).get("cpu", 0.0)
        for engine, found in best.items():
            if found["failed"]:
                print(f"{engine:<12}failed; see {options.work / engine}.log")
                continue
            seconds, cpu = found["seconds"], found["cpu"]
            rates = f"{seconds:>9.1f}{size / seconds:>9,.0f}{megabytes / seconds:>7.1f}"
            ratio = f"{cpu / bare:.2f}" if bare else "-"
            costs = f"{cpu:>8.1f}{ratio:>10}{found['peak']:>9.0f}"
            told = "bare" in best and engine != "bare" and not engine.startswith("datatrove")
            verdict = ("yes" if found["same"] else "NO") if told else ""
            print(f"{engine:<12}{rates}{costs}  {verdict}", flush=True)
    if options.pages:
        print_rates(options.pages, options.work / f"in-{options.corpus}-{options.sizes[0]}")


if __name__ == "__main__":
    main()
