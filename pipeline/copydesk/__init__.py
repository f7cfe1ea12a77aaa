"""Clean scraped text, with a record of every change. The public names, and nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk.api import clean, run
    from copydesk.chain import Chain, Result, Step
    from copydesk.charsets import codec_name
    from copydesk.decoding import Decoding, RawDocument
    from copydesk.document import Block, Document, Parts, Source
    from copydesk.edits import Change, Drop, Edit, Move, NewBlock, Recast, Replace, SetTag, replacements
    from copydesk.errors import ConfigError, CopydeskError, InputError, StageError, UndoError
    from copydesk.record import Flag, Record, read_records
    from copydesk.stage import Stage, option
    from copydesk.undoing import partial_undo, to_bytes, undo

__version__ = "0.1.0"

# Name -> module. Looked up on first use, so that `import copydesk` and `copydesk --version` stay cheap.
_HOMES = {
    "clean": "api",
    "run": "api",
    "Chain": "chain",
    "Result": "chain",
    "Step": "chain",
    "codec_name": "charsets",
    "Decoding": "decoding",
    "RawDocument": "decoding",
    "Block": "document",
    "Document": "document",
    "Parts": "document",
    "Source": "document",
    "Change": "edits",
    "Drop": "edits",
    "Edit": "edits",
    "Move": "edits",
    "NewBlock": "edits",
    "Recast": "edits",
    "Replace": "edits",
    "SetTag": "edits",
    "replacements": "edits",
    "ConfigError": "errors",
    "CopydeskError": "errors",
    "InputError": "errors",
    "StageError": "errors",
    "UndoError": "errors",
    "Flag": "record",
    "Record": "record",
    "read_records": "record",
    "Stage": "stage",
    "option": "stage",
    "partial_undo": "undoing",
    "to_bytes": "undoing",
    "undo": "undoing",
}

__all__ = [  # ruff cannot see that these are strings
    "Block",
    "Chain",
    "Change",
    "ConfigError",
    "CopydeskError",
    "Decoding",
    "Document",
    "Drop",
    "Edit",
    "Flag",
    "InputError",
    "Move",
    "NewBlock",
    "Parts",
    "RawDocument",
    "Recast",
    "Record",
    "Replace",
    "Result",
    "SetTag",
    "Source",
    "Stage",
    "StageError",
    "Step",
    "UndoError",
    "__version__",
    "clean",
    "codec_name",
    "option",
    "partial_undo",
    "read_records",
    "replacements",
    "run",
    "to_bytes",
    "undo",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'copydesk' has no attribute {name!r}")
    value = getattr(import_module(f"copydesk.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
