"""The parts of the documentation that are made from the code: stages, commands, chains, schemas, measurements."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

import copydesk
from copydesk.cli import COMMANDS
from copydesk.config import shipped
from copydesk.options import describe_type
from copydesk.stage import GROUP, find, form_given, form_taken, options_of

ROOT = Path(__file__).parent.parent.parent
_PLACE = re.compile(r"^\{\{ (\w+)(?::(\w+))? \}\}$", re.MULTILINE)
_EXAMPLE = 90


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put in the parts that a page asks for, such as `{{ stages }}`."""
    return filled(markdown)


def filled(markdown: str) -> str:
    """Return a page with its places filled; KeyError names a place that nothing fills."""

    def fill(found: re.Match[str]) -> str:
        make = _PARTS[found[1]]
        return "\n".join(make(found[2]) if found[2] else make())

    return _PLACE.sub(fill, markdown)


def stages() -> Iterator[str]:
    """Yield the reference of the stages of this distribution."""
    seen = rules_seen()
    ours = sorted(point.name for point in entry_points(group=GROUP) if point.value.startswith("copydesk_stages"))
    for name in ours:
        stage = find(name)
        yield f"## {name}\n"
        yield _prose(inspect.getdoc(stage) or "") + "\n"
        made = _with_defaults(stage)  # what a stage uses may depend on its options
        facts = [f"Takes {form_taken(made)}, gives {form_given(made)}."]
        if after := getattr(made, "after", ()):
            facts.append(f"Comes after {', '.join(after)}.")
        if isinstance(uses := getattr(made, "uses", ()), tuple) and uses:
            facts.append(f"Versions stamped on the record: {', '.join(uses)}.")
        yield " ".join(facts) + "\n"
        if options := options_of(stage):
            yield "| option | default | allowed | |\n|---|---|---|---|"
            for option in options:
                default = json.dumps(option.default, ensure_ascii=False)
                yield f"| `{option.name}` | `{default}` | {_cell(describe_type(option))} | {_cell(option.doc)} |"
            yield ""
        if rules := seen.get(name):
            yield "| rule | for example |\n|---|---|"
            for rule, example in sorted(rules.items()):
                yield f"| `{rule}` | {_cell(example)} |"
            yield ""


def _with_defaults(stage: type) -> Any:
    """Return a stage with its default options, or the class where it needs some (a file that was made beforehand)."""
    try:
        return stage()
    except (TypeError, ValueError, OSError, copydesk.CopydeskError):
        return stage


def rules_seen() -> dict[str, dict[str, str]]:
    """Return, by stage, the rules at work in the golden cases, each with a short example, in ASCII if there is one."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted((ROOT / "golden").rglob("expected.edits.jsonl")):
        if "known-failures" in path.parts:
            continue
        for line in path.read_text(encoding="utf-8").split("\n"):
            row = json.loads(line) if line.strip() else {}
            if "rule" not in row:
                continue
            example = _example(row)
            known = found[row["stage"]].get(row["rule"])
            if example and (known is None or len(ascii(example)) < len(ascii(known))):
                found[row["stage"]][row["rule"]] = example
    return found


def _example(row: dict[str, Any]) -> str:
    if row["kind"] == "tag":
        value = json.dumps(row["value"], ensure_ascii=False).replace('"(score)"', "…")  # cases leave scores out
        return f"tags `{_short(row['key'])}` = `{_short(value)}`"
    if row["kind"] == "move":
        return "moves a paragraph"
    old, new = row.get("before"), row.get("after")
    if not isinstance(old, str) or not isinstance(new, str):
        return "takes the text out of its page" if row["kind"] == "recast" else ""
    if row["kind"] == "drop" or not new:
        return f"drops {_quoted(old)}"
    return f"{_quoted(old)} becomes {_quoted(new)}" if old else f"puts in {_quoted(new)}"


def _quoted(text: str) -> str:
    shown = ascii(text) if not text.isprintable() or not text.strip() else _short(text)
    return f"“{shown}”"


def _short(text: str) -> str:
    return text if len(text) <= _EXAMPLE else f"{text[: _EXAMPLE - 1]}…"


def _cell(text: str) -> str:
    """Return text that cannot break the table it stands in, nor be taken for mark-up."""
    text = " ".join(text.split())
    return re.sub(r"([|<>*_\[\]])", r"\\\1", text) if "`" not in text else text.replace("|", "\\|")


def _prose(doc: str) -> str:
    """Return a docstring as Markdown: its doctest as a block of code."""
    lines = doc.split("\n")
    at = next((number for number, line in enumerate(lines) if line.startswith(">>>")), len(lines))
    prose = "\n".join(lines[:at]).rstrip()
    example = "\n".join(lines[at:]).rstrip()
    return f"{prose}\n\n```pycon\n{example}\n```" if example else prose


def commands() -> Iterator[str]:
    """Yield the help of every command, as it prints it."""
    for name in COMMANDS:
        command: click.Command = import_module(f"copydesk.cli.{name}").command
        context = click.Context(command, info_name=f"copydesk {name}", max_content_width=100, terminal_width=100)
        yield f"## copydesk {name}\n\n```text\n{command.get_help(context)}\n```\n"


def chains() -> Iterator[str]:
    """Yield the chains that ship, with their stages."""
    yield "| chain | stages | |\n|---|---|---|"
    for name, description in shipped().items():
        steps = ", ".join(step.name for step in copydesk.Chain.load(name).steps)
        yield f"| `{name}` | {steps} | {_cell(description)} |"


def schema(what: str) -> Iterator[str]:
    """Yield a table of the published schema: `header`, `change`, or `details`."""
    path = Path(copydesk.__file__).parent / "record.schema.json"
    defs = json.loads(path.read_text(encoding="utf-8"))["$defs"]
    if what != "details":
        yield from _properties(defs[what])
        return
    for rule in defs["change"]["allOf"]:
        kind = rule["if"]["properties"]["kind"]["const"]
        yield f"### {kind}\n\n{rule['$comment']}\n"
        yield from _properties(rule["then"]["properties"]["detail"])
        yield ""


def _properties(definition: dict[str, Any]) -> Iterator[str]:
    needed = definition.get("required", ())
    yield "| key | | |\n|---|---|---|"
    for key, value in definition["properties"].items():
        allowed = value.get("enum") or value.get("type") or ""
        shown = ", ".join(map(str, allowed)) if isinstance(allowed, list) else allowed
        left_out = "" if key in needed else " (may be left out)"
        yield f"| `{key}` | {_cell(str(shown))} | {_cell(value.get('description', ''))}{left_out} |"


def benches() -> Iterator[str]:
    """Yield what each command of `bench/` measures, from its docstring."""
    yield "| command | measures |\n|---|---|"
    for path in sorted((ROOT / "bench").glob("*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        yield f"| `python bench/{path.name}` | {_cell(doc.split(chr(10) + chr(10))[0])} |"


_PARTS: dict[str, Callable[..., Iterator[str]]] = {
    "stages": stages,
    "commands": commands,
    "chains": chains,
    "schema": schema,
    "benches": benches,
}
