"""Going back: the whole way from output and record alone, or without some stages or rules by replaying the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from copydesk.document import Document
from copydesk.edits import Change
from copydesk.errors import UndoError
from copydesk.inverse import documents_of, steps_of
from copydesk.record import Record, digest, outline
from copydesk.replaying import Shifts, note_shifts, replay, shifts_by_block, split_again


def undo(text: str, record: Record, *, stages: Collection[str] = (), rules: Collection[str] = ()) -> str:
    r"""Return the text as it was before the chain, or without the changes of these stages and rules only.

    Raises UndoError where `text` is not the output that the record belongs to, where no change is of such a stage or
    rule, and where a change that stays depends on one that goes (the error names it).

    >>> import copydesk
    >>> result = copydesk.run("Advertisement\n\nThe minister resigned on Monday.\n", chain="news")
    >>> copydesk.undo(result.text, result.record)
    'Advertisement\n\nThe minister resigned on Monday.\n'
    """
    if stages or rules:
        return partial_undo(text, record, stages=stages, rules=rules)[0]
    return _documents(text, record)[0].text


def to_bytes(text: str, record: Record) -> bytes:
    r"""Return the undone `text` as the bytes that the chain was given (UTF-8 where it was given text).

    Raises UndoError where these bytes are not the ones whose digest the record holds.

    >>> import copydesk
    >>> result = copydesk.run(b"\xef\xbb\xbfThe caf\xe9 is open.\n", chain="minimal")
    >>> to_bytes(undo(result.text, result.record), result.record)
    b'\xef\xbb\xbfThe caf\xe9 is open.\n'
    """
    try:
        data = record.decoding.to_bytes(text) if record.decoding else text.encode("utf-8", "surrogatepass")
    except (LookupError, ValueError, TypeError) as error:
        raise UndoError(f"{record.name}: the record is damaged: {error!r}") from error
    if digest(data) != record.input:
        raise UndoError(f"{record.name}: the bytes that came out are not the ones that went in; the record is damaged")
    return data


def partial_undo(
    text: str, record: Record, *, stages: Collection[str] = (), rules: Collection[str] = ()
) -> tuple[str, Record]:
    r"""Return the text without the changes of these stages and rules, and the record that belongs to it.

    Raises UndoError as `undo` does.

    >>> import copydesk
    >>> result = copydesk.run("Share\n\nThe ferry was late.\n\nAdvertisement\n", chain="news")
    >>> text, record = partial_undo(result.text, result.record, rules=["share-bar"])
    >>> text, [change.rule for change in record.changes if change.kind == "drop"]
    ('Share\n\nThe ferry was late.\n', ['advertisement'])
    """
    gone = [c for c in record.changes if c.stage in stages or c.rule in rules]
    _check_named(record, gone, stages, rules)
    handed = _documents(text, record)
    document = handed[0]
    skipped = set(map(id, gone))
    redone: list[Change] = []
    shifts: Shifts = {}
    for changes, before in zip(steps_of(record), handed, strict=False):
        if record.split == changes[0].step:
            document = split_again(document, before.parts, gone, record)
            shifts_by_block(shifts, before.parts, document.parts)
        kept = [c for c in changes if id(c) not in skipped]
        document, done = replay(document, kept, shifts, record)
        redone += done
        note_shifts(changes, skipped, shifts)
    new = replace(record, output=digest(document.text), changes=tuple(redone))
    if record.split is not None:
        new = replace(new, lead=len(document.lead), trail=len(document.trail), blocks=outline(document))
    return document.text, new


def _check_named(record: Record, gone: list[Change], stages: Collection[str], rules: Collection[str]) -> None:
    had_stages, had_rules = {c.stage for c in gone}, {c.rule for c in gone}
    for kind, wanted, had, there in (
        ("stage", stages, had_stages, {c.stage for c in record.changes}),
        ("rule", rules, had_rules, {c.rule for c in record.changes}),
    ):
        for name in wanted:
            if name not in had:
                listed = ", ".join(sorted(there)) or "none"
                raise UndoError(f"{record.name}: no change is of the {kind} {name!r}; the record has: {listed}")


def _documents(text: str, record: Record) -> list[Document]:
    """Return the document that each step was handed and the output, or refuse a text or record that does not fit."""
    if digest(text) != record.output:
        raise UndoError(
            f"{record.name}: this text is not the output that the record belongs to (its SHA-256 differs). "
            "Undo needs the output exactly as it was written, with the record of the same run"
        )
    try:
        documents = documents_of(text, record)
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
        raise UndoError(f"{record.name}: the record is damaged: {error!r}") from error
    if record.decoding is None and digest(documents[0].text) != record.input:
        raise UndoError(f"{record.name}: the text that came out is not the one that went in; the record is damaged")
    return documents
