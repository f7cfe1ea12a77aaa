"""Going through the cases that come out otherwise, one by one.

What comes out lies beside the expectation as a pending result, and takes its place only when it is accepted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import ConfigError, CopydeskError, InputError
from copydesk.golden.cases import EDITS, TEXT, Case, check, contents
from copydesk.review.chainfile import ChainFile

#: Pending files are called as what they would replace, with this in place of "expected".
PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """A case that comes out otherwise: what differs, and the cuts that a `keep` would prevent, as (stage, phrase)."""

    case: Case
    report: str
    keeps: tuple[tuple[str, str], ...] = ()


def pending_file(case: Case, name: str) -> Path:
    """Return where the pending result for an expected file lies."""
    return case.folder / name.replace("expected", PENDING, 1)


def look(case: Case, chain: Path | None = None) -> Pending | None:
    """Run a case and lay what comes out beside its expectation; None where it is as expected.

    `chain` is the chain file that a `keep` would go to; without it, it is the case's own. A known failure that still
    fails is as expected.
    """
    outcome = check(case)
    if outcome.status != "failed":
        discard(case)
        return None
    try:
        made = contents(case)
    except CopydeskError:  # the report says so
        return Pending(case, outcome.report)
    if case.is_known_failure:
        return Pending(case, outcome.report)
    for name, data in made.items():
        pending_file(case, name).write_bytes(data)
    return Pending(case, outcome.report, tuple(_keepable(case, made[EDITS], chain)))


def _keepable(case: Case, edits: bytes, chain: Path | None) -> list[tuple[str, str]]:
    expected = case.folder / EDITS
    before = expected.read_text(encoding="utf-8").split("\n") if expected.is_file() else []
    known = {line for line in before if line.strip()}
    try:
        ChainFile(chain or case.folder / "chain.toml")
    except ConfigError:
        return []
    found: dict[tuple[str, str], None] = {}
    for line in edits.decode("utf-8").split("\n"):
        row = json.loads(line) if line.strip() and line not in known else {}
        text = row.get("before")
        if row.get("kind") == "drop" and isinstance(text, str):
            found[row["stage"], " ".join(text.split())] = None
    return list(found)


def has_result(case: Case) -> bool:
    """Tell whether something came out that could be accepted."""
    return all(pending_file(case, name).is_file() for name in (TEXT, EDITS))


def accept(case: Case) -> list[str]:
    """Put the pending result in place of the expectation; return the names of the files that changed."""
    changed = []
    for name in (TEXT, EDITS):
        pending, target = pending_file(case, name), case.folder / name
        if not pending.is_file():
            raise InputError(f"{pending}: is no longer there; look at the case again")
        if not target.is_file() or target.read_bytes() != pending.read_bytes():
            changed.append(name)
        pending.replace(target)
    return changed


def discard(case: Case) -> None:
    """Take the pending result away; what is expected stays."""
    for name in (TEXT, EDITS):
        pending_file(case, name).unlink(missing_ok=True)


def keep(pending: Pending, chain: Path | None = None) -> list[str]:
    """Put the phrases that were cut into `keep` of their stages, and take the pending result away; return them."""
    file = ChainFile(chain or pending.case.folder / "chain.toml")
    added = [phrase for stage, phrase in pending.keeps if file.add_keep(stage, phrase)]
    discard(pending.case)
    return added
