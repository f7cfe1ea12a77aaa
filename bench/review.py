#!/usr/bin/env python3
"""Measure `copydesk review` over a run of many changes: reading it in, opening it again, pages, and memory.

The run is synthetic, and made here: records of documents with a hundred changes each, all of different texts, by six
rules. Prints seconds and milliseconds, and the largest memory of the process that serves, as its system counts it.

    python bench/review.py --changes 1000000
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from copydesk import Chain, Document, Drop, Edit, Source, Step

EACH = 100
WORDS = ("the", "harbour", "council", "dam", "ferry", "keeper", "voted", "closed", "storm", "river", "mayor", "bridge")


class Cuts:
    """Drop every other block, by one of six rules, with a score that its text decides."""

    def __call__(self, document: Document) -> list[Edit]:
        """Return the drops."""
        return [
            Drop(block.id, rule=f"rule-{number % 6}", why="is worded as a label", score=(len(block.text) % 50) / 50)
            for number, block in enumerate(document.blocks[::2])
        ]


def make_run(path: Path, changes: int) -> None:
    """Write the records of a run with so many changes."""
    chain = Chain((Step("cuts", Cuts(), "", 1.0),))
    chance = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        for number in range(max(1, changes // EACH)):
            lines = [f"{' '.join(chance.choices(WORDS, k=12))} {number} {line}." for line in range(2 * EACH)]
            record = chain.run("\n".join(lines) + "\n", source=Source(name=f"{number}.txt")).record
            file.writelines(f"{line}\n" for line in record.to_lines())


class Review:
    """`copydesk review` as a process, and a browser's cookie for it."""

    def __init__(self, run: Path) -> None:
        command = [sys.executable, "-m", "copydesk", "review", str(run), "--no-browser"]
        start = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout
        address = self.process.stdout.readline()
        self.opened = time.perf_counter() - start
        found = re.fullmatch(r"http://([\d.]+:\d+)(/\?token=\S+)\n", address)
        assert found, address
        self.host = found[1]
        self.cookie = self._ask("GET", found[2])[1]["Set-Cookie"].partition(";")[0]

    def _ask(self, method: str, path: str, body: Any = None) -> tuple[bytes, dict[str, str]]:
        connection = http.client.HTTPConnection(self.host, timeout=600)
        headers = {"Cookie": getattr(self, "cookie", ""), "Origin": f"http://{self.host}"}
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {**headers, "Content-Type": "application/json"})
        answer = connection.getresponse()
        found = answer.read(), dict(answer.getheaders())
        connection.close()
        return found

    def get(self, path: str) -> Any:
        """Return the answer to a question."""
        return json.loads(self._ask("GET", path)[0])

    def decide(self, item: str, decision: str) -> None:
        """Make a decision."""
        self._ask("POST", "/api/decide", {"id": item, "decision": decision, "as": "note"})

    def memory(self) -> float:
        """Return the most memory that the process had so far, in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def processor(self) -> float:
        """Return the seconds of processor time that the process took so far, which other work does not lengthen."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.communicate()


def took(act: Callable[[], object], times: int = 7) -> str:
    """Return the median and the longest time of an action, in milliseconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        found.append((time.perf_counter() - start) * 1000)
    return f"{statistics.median(found):9.1f} ms (slowest {max(found):.1f})"


def deep(review: Review, pages: int) -> str:
    """Return the query of the page that so many pages come before."""
    query = "/api/items?state=open"
    for _ in range(pages):
        risk, last = review.get(query)["next"]
        query = f"/api/items?state=open&risk={risk}&id={last}"
    return query


def main() -> None:
    """Make the run, review it, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--changes", type=int, default=1_000_000)
    parser.add_argument("--decisions", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run.edits.jsonl"
        make_run(run, given.changes)
        first = Review(run)
        size = run.stat().st_size / 1e6
        print(f"{first.get('/api/rules')[0]['items'] * 6:,} changes (synthetic), records of {size:.0f} MB")
        print(f"reading them in, once      {first.opened:9.1f} s, {first.memory():.0f} MB of memory")
        print(f"  processor time of that   {first.processor():9.1f} s")
        first.close()
        again = Review(run)
        print(f"opening it again           {again.opened:9.1f} s, {again.memory():.0f} MB of memory")
        far = deep(again, 50)
        print(f"first page                 {took(lambda: again.get('/api/items?state=open'))}")
        print(f"page 51                    {took(lambda: again.get(far))}")
        rule = "/api/items?state=open&stage=cuts&rule=rule-3"
        print(f"first page of a rule       {took(lambda: again.get(rule))}")
        items: list[str] = []
        query = "/api/items?state="
        while len(items) < given.decisions:
            page = again.get(query)
            items += [item["id"] for item in page["items"]]
            query = f"/api/items?state=&risk={page['next'][0]}&id={page['next'][1]}"
        left = iter(items)
        print(f"a decision                 {took(lambda: again.decide(next(left), 'reject'), given.decisions)}")
        print(f"the rules                  {took(lambda: again.get('/api/rules'))}")
        print(f"first page that is open    {took(lambda: again.get('/api/items?state=open'))}")
        print(f"first page of the rejected {took(lambda: again.get('/api/items?state=rejected'))}")
        print(f"first page of the accepted {took(lambda: again.get('/api/items?state=accepted'))}")
        print(f"memory at the end          {again.memory():9.0f} MB, decisions file {_stored(run):.0f} MB")
        again.close()


def _stored(run: Path) -> float:
    return sum(path.stat().st_size for path in run.parent.glob("*.sqlite*")) / 1e6


if __name__ == "__main__":
    main()
