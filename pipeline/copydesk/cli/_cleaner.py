"""Cleaning one input after another for `copydesk clean`: documents, JSON Lines, failures, records."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from copydesk.chain import Chain, OnError, Result
from copydesk.cli._files import display_name
from copydesk.cli._messages import say
from copydesk.document import Source
from copydesk.errors import CopydeskError, InputError, StageError
from copydesk.formats.base import Item, Layout, sheaf
from copydesk.formats.files import too_large
from copydesk.formats.jsonl import read_item, write_item


class StoppedError(CopydeskError):
    """A document failed and `--on-error fail` was asked for."""


@dataclass(slots=True)
class Cleaner:
    """Cleans inputs with one set of options and keeps count.

    `chain_for` gives the chain for plain text (False) or HTML (True). `quarantine` is the folder for what failed, None
    where the inputs are still at hand. `records` takes the records.
    """

    chain_for: Callable[[bool], Chain]
    on_error: OnError = "keep"
    html: bool = False
    layout: Layout = field(default_factory=Layout)
    quarantine: Path | None = None
    records: BinaryIO | None = None
    check: bool = False
    documents: int = 0
    failed: int = 0
    changed: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    worked: set[str] = field(default_factory=set)
    chains: dict[str, Chain] = field(default_factory=dict)

    def document(self, path: str, data: bytes, *, html: bool = False) -> bytes | None:
        """Return the cleaned bytes of one document, None where it failed and is not to be written."""
        name = display_name(path)
        html = self.html or html
        source = Source(name=name, charset=self.layout.charset, media_type="text/html" if html else "text/plain")
        if len(data) > self.layout.limit_bytes:
            self._failed(name, too_large(name, self.layout.limit), data, written=False)
            return None
        try:
            result = self._run(data, source, html=html)
            cleaned = result.text.encode("utf-8")
        except (InputError, StageError) as error:
            self._failed(name, str(error), data, written=False)
            return None
        except UnicodeEncodeError as error:
            problem = f"{name}: the cleaned text holds a lone surrogate at {error.start}, which UTF-8 cannot say"
            self._failed(name, problem, data, written=False)
            return None
        for failure in result.failures:
            self._failed(name, str(failure.error), data, written=True, trace=failure.traceback)
        for flag in result.flags:
            if flag.name != "error":
                say(f"{name}: {flag}: {flag.why}")
        self._note(result)
        return cleaned

    def lines(self, path: str, source: Iterable[bytes], out: BinaryIO | None) -> None:
        """Clean a field of each line of JSON Lines; write every line as soon as it is done."""
        name = display_name(path)
        for number, data in enumerate(source, start=1):
            cleaned = self._line(f"{name}:{number}", number, data)
            if out is not None and cleaned is not None:
                out.write(cleaned)
                out.flush()

    def _line(self, name: str, number: int, data: bytes) -> bytes | None:
        item = read_item(number, data, self.layout)
        ok, result = self._item(name, item, lambda: data)
        return write_item(item, data, result, self.layout) if ok else None

    def pages(self, path: str, form: str, out: Any) -> None:
        """Clean the documents of a Parquet or WARC file."""
        module = sheaf(form)
        for chunk in module.cut(path, self.layout):
            session = module.session(chunk, self.layout)
            for item in session.items():
                name = f"{display_name(path)}:{item.number}"
                ok, result = self._item(name, item, lambda session=session, item=item: session.raw(item)[0])  # type: ignore[misc]  # both are bound here
                if ok:
                    session.keep(item, result)
            if out is not None:
                out.write(session.output())

    def _item(self, name: str, item: Item, raw: Callable[[], bytes]) -> tuple[bool, Result | None]:
        """Clean one document of many; tell whether it is to be written, and as what."""
        if item.problem:
            self._failed(name, f"{name}: {item.problem}", raw(), written=False)
            return False, None
        if item.data is None:
            return True, None
        html = self.html or item.html
        source = item.source(name, html=html)
        try:
            result = self._run(item.data, source, html=html)
        except (InputError, StageError) as error:
            self._failed(name, str(error), raw(), written=False)
            return False, None
        for failure in result.failures:
            self._failed(name, str(failure.error), raw(), written=True, trace=failure.traceback)
        self._note(result)
        return True, result

    def _run(self, data: bytes | str, source: Source, *, html: bool) -> Result:
        chain = self.chain_for(html)
        self.chains[chain.hash] = chain
        self.documents += 1
        on_error: OnError = "keep" if self.on_error == "keep" else "fail"
        return chain.run(data, source=source, on_error=on_error, max_chars=self.layout.limit)

    def _note(self, result: Result) -> None:
        self.changed += result.changed
        self.flags.update(flag.name for flag in result.flags)
        self.worked.update(change.stage for change in result.edits)
        if self.records is not None:
            self.records.write(result.record.encoded())

    def _failed(self, name: str, problem: str, data: bytes, *, written: bool, trace: str = "") -> None:
        self.failed += 1
        where = ""
        if self.quarantine is not None and not self.check:
            kept = self._keep(name, problem, data, trace)
            where = f" (kept in {kept.as_posix()})"
        say(problem + (where if not written else f"; the stage was skipped for this document{where}"))
        if self.on_error == "fail":
            raise StoppedError("stopped at the first failure, as --on-error fail asks; nothing after it was cleaned")

    def _keep(self, name: str, problem: str, data: bytes, trace: str) -> Path:
        """Put the bytes of what failed into quarantine, with the reason beside them."""
        assert self.quarantine is not None
        self.quarantine.mkdir(parents=True, exist_ok=True)
        base, _, number = name.rpartition(":")
        is_line = number.isdigit() and bool(base)
        safe = re.sub(r"[^\w.-]+", "_", (base if is_line else name).strip("<>/")) or "document"
        target = self.quarantine / safe
        why = json.dumps({"document": name, "problem": problem, "traceback": trace})
        with target.open("ab" if is_line else "wb") as file:
            file.write(data if not is_line or data.endswith(b"\n") else data + b"\n")
        with (self.quarantine / f"{safe}.why.jsonl").open("ab" if is_line else "wb") as file:
            file.write(why.encode("ascii") + b"\n")
        return target

    def idle_stages(self) -> list[str]:
        """Return the stages that neither changed nor tagged anything in any document."""
        names = {step.name: None for chain in self.chains.values() for step in chain.steps if step.name != "decode"}
        return [name for name in names if name not in self.worked]
