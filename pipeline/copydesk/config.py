"""Chain files: TOML to a validated `Chain`.

A chain file names its stages in order and holds a table of options for each. It may extend another one; `--set`,
`--skip` and `--only` change it once more. Everything is checked before anything is read or written.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copydesk.chain import MAX_REMOVED, Chain, Step
from copydesk.errors import ConfigError, did_you_mean
from copydesk.keeping import keeping
from copydesk.options import OptionError, build
from copydesk.stage import find, names, options_of

_SHIPPED = Path(__file__).parent / "chains"
#: What a chain file may say beside its stages' tables, and what of.
_HEAD: dict[str, tuple[type | tuple[type, ...], str]] = {
    "description": (str, "a string"),
    "extends": (str, "the name of a shipped chain or the path of a chain file"),
    "stages": (list, "a list of stage names"),
    "layout": (str, 'one of "auto", "lines", "wrapped"'),
    "max_removed": ((int, float), "a number from 0 to 1"),
    "keep": (list, "a list of blocks that no stage may cut"),
    "exceptions": (str, "the path of a file with blocks that no stage may cut, by language"),
}
#: What every stage's table may say beside the stage's own options.
_COMMON = ("use", "max_removed")
#: Lists that a chain adds to instead of replacing them.
_APPENDED = ("add", "keep")


def shipped() -> dict[str, str]:
    """Return the names of the chains that ship with copydesk and what each says of itself.

    >>> sorted(shipped())[:2]
    ['minimal', 'news']
    """
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")).get("description", "")
        for path in sorted(_SHIPPED.glob("*.toml"))
    }


@dataclass(slots=True)
class _Raw:
    """A chain as merged from its files: values, and for messages which file said what."""

    values: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    inherited: set[str] = field(default_factory=set)

    def folder(self, key: str) -> Path:
        """Return the folder that a path under this key is relative to: that of the file that said it."""
        name = self.origin.get(key, "")
        return Path(name).parent if name in self.texts else Path()

    def where(self, key: str) -> str:
        """Return `file:line: ` of a dotted key as far as it can be found."""
        name = self.origin.get(key) or self.origin.get(key.partition(".")[0])
        if name is None:
            return ""
        if name not in self.texts:
            return f"{name}: "
        line = _line_of(self.texts[name], key)
        return f"{name}:{line}: " if line else f"{name}: "


def load_chain(
    chain: str | os.PathLike[str],
    *,
    overrides: Mapping[str, Any] | None = None,
    skip: Sequence[str] = (),
    only: Sequence[str] = (),
) -> Chain:
    """Return the chain of that name or file, with dotted `overrides`, without `skip`, or with `only` some stages.

    Raises ConfigError; its text names file and line, what was found and what is allowed, one problem a line.
    """
    raw = _read(_locate(os.fspath(chain)), ())
    _override(raw, overrides or {})
    _check_head(raw)
    stages: list[str] = raw.values["stages"]
    for option, chosen in (("--skip", skip), ("--only", only)):
        for name in chosen:
            if name not in stages:
                hint = did_you_mean(name, stages)
                raise ConfigError(
                    f'{option} {name}: the chain has no stage "{name}".{hint} It has: {", ".join(stages)}'
                )
    running = [name for name in stages if name not in skip and (not only or name in only)]
    problems: list[str] = []
    steps: list[Step] = []
    for name in running:
        try:
            steps.append(_step(raw, name))
        except OptionError as error:
            problems.append(f"{raw.where(error.key)}{error}")
        except ConfigError as error:
            problems.append(f"{raw.where(name) or raw.where('stages')}{error}")
    keep, exceptions = tuple(raw.values.get("keep", ())), raw.values.get("exceptions", "")
    exceptions = str(raw.folder("exceptions") / exceptions) if exceptions else ""
    try:
        keeping(keep, exceptions)
    except ConfigError as error:
        problems.append(f"{raw.where('exceptions')}{error}")
    if problems:
        raise ConfigError("\n".join(problems))
    try:
        return Chain(tuple(steps), os.fspath(chain), raw.values.get("layout", "auto"), keep, exceptions)
    except ConfigError as error:
        raise ConfigError(f"{raw.where('stages')}{error}") from error


def parse_override(text: str) -> tuple[str, Any]:
    """Return key and value of a `--set KEY=VALUE`; the value is TOML, or else taken as a string.

    >>> parse_override("reorder.mode=apply"), parse_override("dedupe.min_chars=40")
    (('reorder.mode', 'apply'), ('dedupe.min_chars', 40))
    """
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        raise ConfigError(f"--set {text}: KEY=VALUE is expected, such as --set reorder.mode=apply")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key, value.strip()


def _step(raw: _Raw, name: str) -> Step:
    table = dict(raw.values.get(name, {}))
    use = table.pop("use", name)
    if not isinstance(use, str):
        raise OptionError(
            f"{name}.use", f"{name}.use = {use!r}: the name of a stage is allowed, or package.module:Class"
        )
    max_removed = table.pop("max_removed", raw.values.get("max_removed", MAX_REMOVED))
    if isinstance(max_removed, bool) or not isinstance(max_removed, (int, float)) or not 0 <= max_removed <= 1:
        raise OptionError(
            f"{name}.max_removed", f"{name}.max_removed = {max_removed!r}: a number from 0 to 1 is allowed"
        )
    stage = find(use)
    for option in options_of(stage):
        value = table.get(option.name)
        if option.file and isinstance(value, str) and value:
            table[option.name] = str(raw.folder(f"{name}.{option.name}") / value)
    return Step(name, build(name, stage, table), use, float(max_removed))


def _read(path: Path, seen: tuple[str, ...]) -> _Raw:
    name = str(path) if path.parent != _SHIPPED else path.name
    if str(path.resolve()) in seen:
        raise ConfigError(f"{name}: extends itself by way of {' -> '.join(Path(p).name for p in seen)}")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: not UTF-8 (byte {error.start}); a chain file is UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror}") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: not valid TOML: {error}") from None
    if path.name == "pyproject.toml":
        tools = values.get("tool")
        table = tools.get("copydesk") if isinstance(tools, dict) else None
        if not isinstance(table, dict):
            raise ConfigError(f"{name}: has no table [tool.copydesk]")
        values = table
    raw = _Raw()
    base = values.get("extends")
    if base is not None:
        where = f"{name}:{_line_of(text, 'extends') or 1}: "
        if not isinstance(base, str):
            raise ConfigError(f"{where}extends = {base!r}: {_HEAD['extends'][1]} is allowed")
        is_file = base.endswith(".toml") and not Path(base).is_absolute()
        try:
            located = _locate(str(path.parent / base) if is_file else base)
        except ConfigError as error:
            raise ConfigError(f"{where}extends: {error}") from None
        raw = _read(located, (*seen, str(path.resolve())))
        raw.inherited |= set(raw.values)
    raw.texts[name] = text
    _merge(raw, {key: value for key, value in values.items() if key != "extends"}, name)
    return raw


def _locate(chain: str) -> Path:
    known = shipped()
    if chain in known:
        return _SHIPPED / f"{chain}.toml"
    path = Path(chain)
    if path.is_file():
        return path
    if path.is_dir():
        raise ConfigError(f"{chain}: a folder; a chain is a TOML file or one of {', '.join(known)}")
    hint = did_you_mean(chain, list(known))
    raise ConfigError(f'there is no chain "{chain}".{hint} Give the path of a TOML file, or one of {", ".join(known)}')


def _merge(raw: _Raw, values: Mapping[str, Any], name: str) -> None:
    for key, value in values.items():
        raw.origin[key] = name
        before = raw.values.get(key)
        if not isinstance(value, Mapping):
            appended = key in _APPENDED and isinstance(before, list) and isinstance(value, list)
            raw.values[key] = [*before, *value] if appended and before is not None else value
            continue
        table = dict(before) if isinstance(before, Mapping) else {}
        for option, chosen in value.items():
            raw.origin[f"{key}.{option}"] = name
            old = table.get(option)
            appended = option in _APPENDED and isinstance(old, list) and isinstance(chosen, list)
            table[option] = [*old, *chosen] if appended and old is not None else chosen
        raw.values[key] = table


def _override(raw: _Raw, overrides: Mapping[str, Any]) -> None:
    for key, value in overrides.items():
        table, dot, option = key.partition(".")
        name = f"--set {key}"
        if dot and table not in raw.values.get("stages", ()):
            stages = raw.values.get("stages", [])
            raise ConfigError(
                f'{name}: the chain has no stage "{table}".{did_you_mean(table, stages)} It has: {", ".join(stages)}'
            )
        if not dot and table not in _HEAD:
            raise ConfigError(f"{name}: write STAGE.OPTION=VALUE, or one of {', '.join(_HEAD)}")
        _merge(raw, {table: {option: value}} if dot else {table: value}, name)


def _check_head(raw: _Raw) -> None:
    values = raw.values
    problems = []
    for key, (kind, allowed) in _HEAD.items():
        if key in values and (not isinstance(values[key], kind) or isinstance(values[key], bool)):
            problems.append(f"{raw.where(key)}{key} = {values[key]!r}: {allowed} is allowed")
    if not problems and values.get("layout", "auto") not in ("auto", "lines", "wrapped"):
        problems.append(f"{raw.where('layout')}layout = {values['layout']!r}: {_HEAD['layout'][1]} is allowed")
    if not problems and not 0 <= values.get("max_removed", 0) <= 1:
        problems.append(f"{raw.where('max_removed')}max_removed = {values['max_removed']}: {_HEAD['max_removed'][1]}")
    if not problems and not all(isinstance(phrase, str) and phrase.strip() for phrase in values.get("keep", ())):
        problems.append(f"{raw.where('keep')}keep = {values['keep']!r}: {_HEAD['keep'][1]} is allowed")
    stages = values.get("stages")
    if stages is None:
        first = next(iter(raw.texts), "the chain")
        problems.append(f'{first}: stages is missing; list the stages in order, or extends = "news"')
    elif isinstance(stages, list):
        problems += [
            f"{raw.where('stages')}stages: {item!r} is no name of a stage"
            for item in stages
            if not isinstance(item, str)
        ]
        if not problems:
            problems += _check_tables(raw, stages)
    if problems:
        raise ConfigError("\n".join(problems))


def _check_tables(raw: _Raw, stages: list[str]) -> list[str]:
    problems = []
    for key, value in raw.values.items():
        if key in _HEAD or key in stages:
            if key in stages and key not in _HEAD and not isinstance(value, Mapping):
                problems.append(f"{raw.where(key)}{key} = {value!r}: options go into a table, [{key}]")
            continue
        if key in raw.inherited:
            continue  # options of a stage that the base chain has and this one leaves out
        if isinstance(value, Mapping) and key in names():
            problems.append(f'{raw.where(key)}[{key}] has options, but "{key}" is not in stages; add it there')
            continue
        hint = did_you_mean(key, [*_HEAD, *stages])
        what = "table" if isinstance(value, Mapping) else "key"
        problems.append(
            f'{raw.where(key)}unknown {what} "{key}".{hint} Allowed are {", ".join(_HEAD)} and a table for each stage'
        )
    return problems


def _line_of(text: str, key: str) -> int | None:
    """Return the line on which a dotted key is set, by looking for it in its table; None if it is not seen."""
    table, _, option = key.partition(".")
    current = ""
    header = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")
    for number, line in enumerate(text.splitlines(), start=1):
        found = header.match(line)
        if found and "=" not in line.split("]")[0]:
            current = found.group(1).strip().strip('"').removeprefix("tool.copydesk").lstrip(".").strip('"')
            if not option and current == table:
                return number
        elif re.match(rf"""\s*["']?{re.escape(option or table)}["']?\s*=""", line) and current == (
            table if option else ""
        ):
            return number
    return _line_of(text, table) if option else None
