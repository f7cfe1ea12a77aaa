"""Hide what an extra does not ask for, so that a full environment is like one with that extra alone.

Python imports this at its start, in every process, where this folder is on PYTHONPATH. COPYDESK_ONLY names the extra.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import tomllib
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[3] / "pyproject.toml"
EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")
REQUIREMENT = re.compile(r"([\w.-]+)\s*(?:\[([^\]]*)\])?[^;]*(?:;(.*))?")
SITE = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(extra: str) -> set[str]:
    """Return the distributions that `copydesk[extra]` brings along."""
    # What the project says now, not what it said when it was installed.
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    found, seen = {"copydesk"}, set[tuple[str, str]]()
    waiting = [(line, "") for line in [*project["dependencies"], *project["optional-dependencies"][extra]]]
    while waiting:
        line, wanted = waiting.pop()
        match = REQUIREMENT.match(line)
        assert match is not None
        name, extras, marker = match.groups()
        asked = EXTRA.search(marker or "")
        if asked and canonical(asked[1]) != wanted:
            continue
        for each in ["", *(canonical(part.strip()) for part in (extras or "").split(",") if part.strip())]:
            if (name, each) not in seen:
                seen.add((name, each))
                found.add(canonical(name))
                with suppress(PackageNotFoundError):  # for another system or Python
                    waiting += [(line, each) for line in requires(name) or []]
    return found


class Blind:
    """A finder that does not see what is hidden."""

    def __init__(self, finder: Any, hidden: set[str]) -> None:
        self._finder = finder
        self._hidden = hidden

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Find what is not hidden; what a package carries within itself under a hidden name is its own."""
        spec = self._finder.find_spec(fullname, path, target)
        if spec is None or fullname not in self._hidden:
            return spec
        places = [spec.origin or "", *(spec.submodule_search_locations or ())]
        return (
            None if any(Path(place).parent in SITE or Path(place).parent.parent in SITE for place in places) else spec
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


if os.environ.get("COPYDESK_ONLY"):
    kept = needed(os.environ["COPYDESK_ONLY"])
    hidden = {
        module
        for module, owners in packages_distributions().items()
        if not {canonical(owner) for owner in owners} & kept
    }
    sys.meta_path[:] = [Blind(finder, hidden) for finder in sys.meta_path]
