"""Checking the options of a stage against what its class declares (pydantic does the checking)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from copydesk.errors import ConfigError, did_you_mean
from copydesk.stage import FORMS, OptionInfo, form_taken, options_of


@lru_cache(maxsize=256)
def _model(stage: type) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for o in options_of(stage):
        fields[o.name] = (o.type, Field(o.default, description=o.doc, ge=o.ge, le=o.le))
    return create_model(stage.__name__, __config__=ConfigDict(extra="forbid", strict=True), **fields)


def build(name: str, stage: type, values: Mapping[str, Any]) -> Any:
    """Return an instance of the stage class with these options; ConfigError names the first that does not fit."""
    known = options_of(stage)
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    try:
        checked = _model(stage).model_validate(given) if known or given else None
    except ValidationError as error:
        raise _explain(name, known, error) from None
    chosen = {key: getattr(checked, key) for key in given} if checked else {}
    try:
        return stage(**chosen)
    except (ConfigError, TypeError, ValueError, OSError) as error:
        raise ConfigError(f"{name}: {error}") from error


def check_stage(name: str, stage: Any) -> None:
    """Raise ConfigError for what is no stage, and for a stage object with options that its class does not allow."""
    if isinstance(stage, type):
        raise ConfigError(f'stage "{name}" is the class {stage.__name__} itself; give an object: {stage.__name__}()')
    if not callable(stage):
        raise ConfigError(
            f'stage "{name}" is {stage!r}, which cannot be called; give stage objects, or load a chain by its name '
            "with Chain.load"
        )
    if form_taken(stage) not in FORMS:
        raise ConfigError(f'stage "{name}" takes {form_taken(stage)!r}; one of {", ".join(FORMS)} is allowed')
    if dataclasses.is_dataclass(stage) and not isinstance(stage, type):
        values = {f.name: getattr(stage, f.name) for f in dataclasses.fields(stage) if f.init}
        try:
            _model(type(stage)).model_validate(values)
        except ValidationError as error:
            raise _explain(name, options_of(type(stage)), error) from None


class OptionError(ConfigError):
    """An option that does not fit. `key` is its dotted name, for finding the line in the chain file."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


def _explain(name: str, known: list[OptionInfo], error: ValidationError) -> OptionError:
    first = error.errors(include_url=False)[0]
    option = str(first["loc"][0])
    by_name = {o.name: o for o in known}
    key = f"{name}.{option}"
    if option not in by_name:
        listed = ", ".join(by_name) or "none"
        hint = did_you_mean(option, list(by_name))
        return OptionError(key, f'"{name}" has no option "{option}".{hint} Its options: {listed}')
    return OptionError(key, f"{key} = {first['input']!r}: {describe_type(by_name[option])} is allowed")


def describe_type(option: OptionInfo) -> str:
    """Return in words what values an option takes.

    >>> describe_type(OptionInfo("share", float, 0.5, "", ge=0, le=1))
    'a number from 0 to 1'
    """
    literal = get_args(option.type)
    if literal and all(isinstance(value, str) for value in literal):
        return "one of " + ", ".join(f'"{value}"' for value in literal)
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
    text = words.get(option.type, "a list of strings" if "tuple" in str(option.type) else str(option.type))
    if option.ge is not None and option.le is not None:
        return f"{text} from {option.ge} to {option.le}"
    if option.ge is not None:
        return f"{text} of at least {option.ge}"
    if option.le is not None:
        return f"{text} of at most {option.le}"
    return text
