"""The pytest plugin: golden cases below the folders of the setting `copydesk_golden` are tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from copydesk.golden.cases import Case


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting `copydesk_golden`."""
    parser.addini(
        "copydesk_golden", "folders whose golden cases of copydesk are run as tests", type="paths", default=[]
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the case of an `input.*` below one of the configured folders."""
    if not file_path.name.startswith("input."):
        return None
    roots: list[Path] = parent.config.getini("copydesk_golden")
    if not any(root in file_path.parents for root in roots):
        return None
    collector: pytest.Collector = GoldenFile.from_parent(parent, path=file_path)
    return collector


class GoldenFile(pytest.File):
    """The input of one case."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the case as one test."""
        from copydesk.golden.cases import Case

        yield GoldenItem.from_parent(self, name="golden", case=Case(self.path.parent))


class GoldenItem(pytest.Item):
    """One case as a test."""

    def __init__(self, *, case: Case, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.case = case

    def runtest(self) -> None:
        """Run the case; a difference is a failure, except where the case is a known failure."""
        from copydesk.golden.cases import check

        outcome = check(self.case)
        if outcome.status == "failed":
            raise GoldenError(outcome.report)
        if outcome.status == "known failure":
            pytest.xfail("known failure")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the difference and nothing of the machinery."""
        if isinstance(excinfo.value, GoldenError):
            return f"{self.case.folder}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the case by its folder."""
        return self.path, None, f"golden case {self.case.folder.name}"


class GoldenError(Exception):
    """What came out differs from what was expected."""
