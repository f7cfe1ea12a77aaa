"""Golden cases: finding, running, comparing and updating them.

A case is a folder with one `input.*`, a `chain.toml`, `expected.txt` and `expected.edits.jsonl`. A case below a folder
`known-failures` holds what would be right; it has to fail until somebody repairs what it is about.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from copydesk.chain import Chain, Result
from copydesk.document import Source
from copydesk.edits import Change
from copydesk.errors import ConfigError, CopydeskError, InputError

KNOWN_FAILURES = "known-failures"
TEXT = "expected.txt"
EDITS = "expected.edits.jsonl"
#: Texts longer than this stand in expected edits by length and digest: a whole page of HTML would be there twice.
_LONG = 2000
#: Compared only in cases whose expectation gives them: a model that is trained anew changes them everywhere.
_ON_REQUEST = ("score", "why")
#: Stands for a number in a tag's value, which is a score; likewise left out are the keys that a value may hold.
_SCORE = "(score)"
_SCORES_IN_VALUES = ("confidence", "score", "reasons", "why")

Status = Literal["passed", "failed", "known failure"]


@dataclass(frozen=True, slots=True)
class Case:
    """One golden case, by its folder."""

    folder: Path

    @property
    def is_known_failure(self) -> bool:
        """Whether the case is expected to fail."""
        return KNOWN_FAILURES in self.folder.parts

    @property
    def input(self) -> Path:
        """The one input file; InputError where there is none or more than one."""
        found = sorted(self.folder.glob("input.*"))
        if len(found) != 1:
            listed = ", ".join(path.name for path in found) or "none"
            raise InputError(f"{self.folder}: a case has exactly one input.*, this one has {listed}")
        return found[0]

    def run(self) -> Result:
        """Run the case's chain over its input."""
        path = self.folder / "chain.toml"
        if not path.is_file():
            raise ConfigError(f'{self.folder}: chain.toml is missing; a case says its chain, such as extends = "news"')
        html = self.input.suffix.lower() in (".html", ".htm")
        source = Source(name=self.input.name, media_type="text/html" if html else "text/plain")
        return Chain.load(path).run(self.input.read_bytes(), source=source)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case went, and in `report` what a person needs to know where it did not pass."""

    case: Case
    status: Status
    report: str = ""


def find_cases(root: Path) -> Iterator[Case]:
    """Yield the cases in and below a folder, in order of their paths."""
    for folder in sorted({path.parent for path in root.rglob("input.*")}):
        yield Case(folder)


def check(case: Case) -> Outcome:
    """Run a case and compare what comes out with what is expected."""
    try:
        result = case.run()
        report = "\n".join(_differences(case, result))
    except CopydeskError as error:
        return Outcome(case, "failed", str(error))
    if case.is_known_failure:
        if report:
            return Outcome(case, "known failure", report)
        return Outcome(case, "failed", f"this now comes out right; move the case out of {KNOWN_FAILURES}")
    return Outcome(case, "failed" if report else "passed", report)


def update(case: Case) -> list[str]:
    """Write what comes out as what is expected; return the names of the files that changed.

    Raises InputError on a known failure: what would be right there cannot come from a run.
    """
    if case.is_known_failure:
        raise InputError(f"{case.folder}: a known failure holds what would be right; write its {TEXT} by hand")
    changed = []
    for name, data in contents(case).items():
        path = case.folder / name
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
            changed.append(name)
    return changed


def contents(case: Case) -> dict[str, bytes]:
    """Return what comes out, as the files that would stand as expected, by their names."""
    result = case.run()
    asked = {key for row in _expected_edits(case) or () for key in _ON_REQUEST if key in row}
    rows = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows_of(result, asked)]
    return {TEXT: result.text.encode("utf-8"), EDITS: "".join(rows).encode("utf-8")}


def rows_of(result: Result, also: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return edits and flags as the rows that stand in `expected.edits.jsonl`."""
    rows = [_row(change, also) for change in result.edits]
    return [*rows, *({"flag": flag.name, "stage": flag.stage} for flag in result.flags)]


def _row(change: Change, also: Iterable[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"stage": change.stage, "rule": change.rule, "kind": change.kind}
    if change.kind == "tag":
        if change.block is not None:
            row["at"] = list(change.before)
        row["key"], row["value"] = change.detail["key"], _plain(change.detail["new"])
    else:
        row["at"] = list(change.before)
        if change.kind == "move":
            row["to"] = list(change.after)
        else:
            row["before"], row["after"] = _short(change.old or ""), _short(change.new or "")
    for key in also:
        row[key] = getattr(change, key)
    return row


def _plain(value: Any) -> Any:
    """Return a tag's value as JSON, without what a model that is trained anew would change."""
    if isinstance(value, float):
        return _SCORE
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if key not in _SCORES_IN_VALUES}
    return json.loads(json.dumps(value))


def _short(text: str) -> str | dict[str, Any]:
    if len(text) <= _LONG:
        return text
    return {"characters": len(text), "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()}


def _expected_edits(case: Case) -> list[dict[str, Any]] | None:
    path = case.folder / EDITS
    if not path.is_file():
        return None
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise InputError(f"{path}:{number}: not JSON: {error}") from None
    return rows


def _differences(case: Case, result: Result) -> Iterator[str]:
    text_file = case.folder / TEXT
    expected = _expected_edits(case)
    missing = [name for name, there in ((TEXT, text_file.is_file()), (EDITS, expected is not None)) if not there]
    if case.is_known_failure and missing == [EDITS]:
        missing = []
    if missing:
        yield (
            f"{' and '.join(missing)} missing: nothing says what is right. Look at what comes out with\n"
            f"  copydesk explain {case.input} --chain {case.folder / 'chain.toml'}\n"
            f"and accept it with\n  copydesk golden --update {case.folder}"
        )
        return
    if expected is not None:
        also = {key for row in expected for key in _ON_REQUEST if key in row}
        yield from _edit_differences(expected, rows_of(result, also))
    want = text_file.read_bytes()
    got = result.text.encode("utf-8", "surrogatepass")
    if want != got:
        yield from _text_difference(want, got)


def _edit_differences(want: Sequence[Mapping[str, Any]], got: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    wanted = Counter(map(_key, want))
    found = Counter(map(_key, got))
    gone = [row for row in want if _take(wanted, _key(row), found)]
    wanted = Counter(map(_key, want))
    new = [row for row in got if _take(found, _key(row), wanted)]
    for row in gone:
        yield f"- {_describe(row)}"
    for row in new:
        yield f"+ {_describe(row)}"
    if not gone and not new and [*map(_key, want)] != [*map(_key, got)]:
        yield "the same edits came in another order"
    blamed = Counter(f"{row.get('stage', '')}/{row.get('rule', row.get('flag', ''))}" for row in (*gone, *new))
    if blamed:
        yield "otherwise than expected: " + ", ".join(f"{name} ({count})" for name, count in blamed.most_common())


def _take(mine: Counter[str], key: str, theirs: Counter[str]) -> bool:
    """Tell whether this row is one too many against the other side."""
    surplus = mine[key] > theirs[key]
    mine[key] -= 1
    return surplus


def _key(row: Mapping[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)


def _describe(row: Mapping[str, Any]) -> str:
    if "flag" in row:
        return f"flag {row['flag']} {row.get('stage', '')}".rstrip()
    head = f"{row.get('stage')}/{row.get('rule')}: {row.get('kind')}"
    if row.get("kind") == "tag":
        where = f" at {row['at'][0]}-{row['at'][1]}" if "at" in row else ""
        return f"{head} {row.get('key')} = {row.get('value')!r}{where}"
    at = row.get("at", ["?", "?"])
    if row.get("kind") == "move":
        return f"{head} {at[0]}-{at[1]} to {row.get('to')}"
    extra = "".join(f", {key} {row[key]!r}" for key in _ON_REQUEST if key in row)
    return f"{head} {row.get('before')!r} -> {row.get('after')!r} at {at[0]}-{at[1]}{extra}"


def _text_difference(want: bytes, got: bytes) -> Iterator[str]:
    old = want.decode("utf-8", "replace").splitlines(keepends=True)
    new = got.decode("utf-8", "replace").splitlines(keepends=True)
    for line in difflib.unified_diff(old, new, TEXT, "what comes out", n=1):
        yield line.rstrip("\n") if line.endswith("\n") else f"{line}  (no line break at the end)"
    if old == new:
        yield "the bytes differ, the text as UTF-8 does not"
