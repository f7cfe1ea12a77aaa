"""The report of a run: `run.json`, and a table of it for people. Its form is described in docs/batch.md."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copydesk.batch import stats
from copydesk.batch.job import Job
from copydesk.batch.manifest import Manifest
from copydesk.formats.files import whole_file

SCHEMA = 1
#: How many failures the report lists; the manifest has all.
_LISTED = 1000
_COUNTS = ("documents", "changed", "edits", "bytes_in", "bytes_out", "removed", "added")


@dataclass(frozen=True)
class Report:
    """What became of a run.

    `values` is what `run.json` holds; everything in it but `timing` is the same however often the run was broken off.
    `stopped` says why the run ended before all was done, "" where it did not.
    """

    values: dict[str, Any]
    stopped: str = ""
    interrupted: bool = False
    planned: list[tuple[str, str]] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """How many documents were written."""
        return int(self.values["documents"])

    @property
    def failed(self) -> int:
        """How many documents failed, those included that were written without a stage."""
        return int(self.values["failed"])

    @property
    def left(self) -> int:
        """How many inputs are still to be done."""
        return int(self.values["inputs"]["todo"])


def make(manifest: Manifest, job: Job, timing: dict[str, Any]) -> dict[str, Any]:
    """Return the values of `run.json`."""
    total = stats.total(manifest.stats())
    failed, written = manifest.failed()
    slowest = total.pop("slowest", [])
    spent: dict[str, int] = total.pop("time", {})
    seconds = timing.get("seconds") or 0
    return {
        "schema": SCHEMA,
        "inputs": {state: manifest.count(state)[0] for state in ("done", "todo", "failed", "lost")},
        **{key: total.get(key, 0) for key in _COUNTS},
        "failed": failed,
        "failed_but_written": written,
        "languages": _sorted(total.get("languages", {})),
        "encodings": _sorted(total.get("encodings", {})),
        "passed_over": _sorted(total.get("passed_over", {})),
        "flags": _sorted(total.get("flags", {})),
        "stages": {
            step.name: _stage(total.get("stages", {}).get(step.name, {}))
            for step in dict.fromkeys(
                (*job.html.steps, *job.text.steps) if job.html is not job.text else job.text.steps
            )
        },
        "failures": list(manifest.failures(_LISTED)),
        "most_changed": [{"document": name, "bytes": size} for size, name in total.get("most_changed", [])],
        "chain": {"text": job.text.resolved(), "html": job.html.resolved()},
        "chain_hash": {"text": job.text.hash, "html": job.html.hash},
        "versions": {**job.text.versions, **job.html.versions},
        "timing": {
            **timing,
            "documents_per_second": round(timing.get("cleaned", 0) / seconds, 1) if seconds else 0,
            "stages": {name: round(spent.get(name, 0) / 1e6, 3) for name in sorted(spent)},
            "slowest": [{"document": name, "milliseconds": took} for took, name in slowest],
        },
    }


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda row: (-row[1], row[0])))


def _stage(counts: dict[str, Any]) -> dict[str, Any]:
    rules = counts.get("rules", {})
    return {
        "documents": counts.get("documents", 0),
        **{key: sum(rule[key] for rule in rules.values()) for key in ("edits", "removed", "added")},
        "rules": {name: rules[name] for name in sorted(rules)},
    }


def write(path: Path, values: dict[str, Any]) -> None:
    """Write `run.json`."""
    with whole_file(path) as file:
        file.write(json.dumps(values, indent=1).encode("ascii") + b"\n")


def table(report: Report) -> str:
    """Return the report as a table for people."""
    values = report.values
    timing = values["timing"]
    lines = [
        f"{counted(values['documents'], 'document')}: {values['changed']:,} changed, {values['failed']:,} failed"
        + (
            f" ({values['failed_but_written']:,} of them written without a stage)"
            if values["failed_but_written"]
            else ""
        )
    ]
    if timing.get("seconds"):
        lines.append(
            f"  {_size(values['bytes_in'])} in, {_size(values['bytes_out'])} out; {timing['cleaned']:,} cleaned in "
            f"{timing['seconds']:,.1f} s, {timing['documents_per_second']:,} a second with {timing['workers']} workers"
        )
    rows = [("stage", "documents", "edits", "bytes out", "bytes in", "seconds")]
    rows += [
        (name, f"{s['documents']:,}", f"{s['edits']:,}", f"{s['removed']:,}", f"{s['added']:,}",
         f"{timing['stages'].get(name, 0):,.2f}")
        for name, s in values["stages"].items()
    ]  # fmt: skip
    lines += _columns(rows)
    for title in ("languages", "encodings", "flags", "passed_over"):
        if values[title]:
            listed = [f"{name} {count:,}" for name, count in list(values[title].items())[:8]]
            more = len(values[title]) - 8
            lines.append(f"{title.replace('_', ' ')}: {', '.join(listed)}{f' and {more} more' if more > 0 else ''}")
    idle = idle_stages(values)
    if idle and values["documents"] > 1:
        lines.append(f"stages that had nothing to say in this run: {', '.join(idle)}")
    return "\n".join(lines)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "document"), counted(2000, "file")
    ('1 document', '2,000 files')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def idle_stages(values: dict[str, Any]) -> list[str]:
    """Return the stages that neither changed nor tagged anything; decoding leaves no edits and is not meant."""
    return [
        name for name, s in values["stages"].items()
        if not s["edits"] and values["chain"]["text"].get(name, {}).get("use", name) != "decode"
    ]  # fmt: skip


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    rows = list(rows)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True))]
        lines.append("  " + "  ".join(cells))
    return lines


def _size(number: int) -> str:
    size = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:,.0f} bytes" if unit == "bytes" else f"{size:,.1f} {unit}"
