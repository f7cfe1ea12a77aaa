"""Cleaning one input after another for `copydesk clean`: documents, JSON Lines, failures, records."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from copydesk.chain import Chain, OnError, Result
from copydesk.cli._files import display_name, is_html
from copydesk.cli._messages import say
from copydesk.document import Source
from copydesk.errors import CopydeskError, InputError, StageError
from copydesk.formats.jsonl import Line, add_key, parse_line


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
    charset: str | None = None
    quarantine: Path | None = None
    records: BinaryIO | None = None
    check: bool = False
    documents: int = 0
    failed: int = 0
    changed: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    worked: set[str] = field(default_factory=set)
    chains: dict[str, Chain] = field(default_factory=dict)

    def document(self, path: str, data: bytes) -> bytes | None:
        """Return the cleaned bytes of one document, None where it failed and is not to be written."""
        name = display_name(path)
        html = self.html or is_html(path)
        source = Source(name=name, charset=self.charset, media_type="text/html" if html else "text/plain")
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

    def lines(self, path: str, source: Iterable[bytes], out: BinaryIO | None, text_field: str, meta: str) -> None:
        """Clean a field of each line of JSON Lines; write every line as soon as it is done."""
        name = display_name(path)
        for number, data in enumerate(source, start=1):
            cleaned = data if not data.strip() else self._line(f"{name}:{number}", data, text_field, meta)
            if out is not None and cleaned is not None:
                out.write(cleaned)
                out.flush()

    def _line(self, name: str, data: bytes, text_field: str, meta: str) -> bytes | None:
        try:
            line = parse_line(data)
            text = _field_text(line, text_field, meta)
            if text is None:
                return data
            url = line.value("url") if line.has("url") else None
            source = Source(name=name, url=url if isinstance(url, str) else None)
            result = self._run(text, source, html=self.html)
        except (InputError, StageError) as error:
            problem = str(error) if isinstance(error, StageError) else f"{name}: {error}"
            self._failed(name, problem, data, written=False)
            return None
        for failure in result.failures:
            self._failed(name, str(failure.error), data, written=True, trace=failure.traceback)
        self._note(result)
        if not meta and not result.changed:
            return data
        cleaned = line.with_value(text_field, result.text) if result.changed else line.text + line.ending
        if meta:
            cleaned = add_key(cleaned, meta, line.dump(summary(result)))
        return cleaned.encode("utf-8")

    def _run(self, data: bytes | str, source: Source, *, html: bool) -> Result:
        chain = self.chain_for(html)
        self.chains[chain.hash] = chain
        self.documents += 1
        return chain.run(data, source=source, on_error="keep" if self.on_error == "keep" else "fail")

    def _note(self, result: Result) -> None:
        self.changed += result.changed
        self.flags.update(flag.name for flag in result.flags)
        self.worked.update(change.stage for change in result.edits)
        if self.records is not None:
            self.records.writelines(f"{line}\n".encode("ascii") for line in result.record.to_lines())

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


def _field_text(line: Line, text_field: str, meta: str) -> str | None:
    """Return the text to clean, None where the field is null; InputError where the line is not as it should be."""
    if not line.has(text_field):
        listed = ", ".join(key for key, _, _ in line.spans) or "none"
        raise InputError(f'has no field "{text_field}"; its fields: {listed}. Name another with --field')
    text = line.value(text_field)
    if text is not None and not isinstance(text, str):
        raise InputError(f'the field "{text_field}" is no string')
    if meta and line.has(meta):
        raise InputError(f'has a key "{meta}" already; name another for results with --meta-field')
    return text


def summary(result: Result) -> dict[str, object]:
    """Return what goes under the result key of a JSON line."""
    tags = {key: value for key, value in result.tags.items() if key != "language"}
    return {
        "language": result.language,
        "edits": len(result.record.texts()),
        "flags": [str(flag) for flag in result.flags],
        "chain": result.record.chain,
        **({"tags": tags} if tags else {}),
    }
