"""Fuzz `decode` and `repair` with atheris, guided by coverage.

    pip install atheris
    python tests/support/fuzz_encoding.py [-max_total_time=600] [FOLDER]

FOLDER holds inputs to begin with, and takes those that reach new code. The arguments are libFuzzer's. What is found goes
into `tests/fuzz/finds`, all of which the tests run from then on.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext

from copydesk import Chain, Document, InputError, Source, to_bytes, undo

if __name__ == "__main__":
    import atheris

    watched = atheris.instrument_imports(include=["copydesk_stages.decode", "copydesk_stages.repair"])
else:
    watched = nullcontext()
with watched:
    from copydesk_stages.decode import Decode
    from copydesk_stages.repair import Repair, gate, mojibake, reading, words

CHARSETS = (
    None,
    "utf-8",
    "koi8-r",
    "shift_jis",
    "base64",
    "rot13",
    "idna",
    "utf-7",
    "klingon",
    "\0",
    "utf-16",
    "gb2312",
)
WHOLE = Chain.of(Decode(), Repair())
EVERY_FIX = Chain.of(Repair(nfc=True, quotes=True, dashes=True, ligatures=True, width=True))
REPAIR = Chain.of(Repair())


def check(data: bytes) -> None:
    """Raise AssertionError, or whatever the code raises, if anything is wrong with what becomes of `data`."""
    if not data:
        return
    check_bytes(data[1:], CHARSETS[data[0] % len(CHARSETS)])
    text = data[1:].decode("utf-8", "surrogatepass" if data[0] & 1 else "replace") if is_text(data[1:]) else ""
    for chain in (REPAIR, EVERY_FIX):
        result = chain.run(text)
        result.text.encode("utf-8")
        assert undo(result.text, result.record) == text
    carried = Document.from_blocks(text.split("\n\n"))
    assert len(REPAIR.run(carried).document.blocks) == len(carried.blocks)
    for line in text.splitlines():
        check_gate(line)


def is_text(data: bytes) -> bool:
    """Tell whether `data` is UTF-8, halves of surrogate pairs let through."""
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def check_bytes(data: bytes, charset: str | None) -> None:
    """Bytes are refused or come back, from the text and the record alone."""
    try:
        result = WHOLE.run(data, source=Source(name="fuzzed", charset=charset))
    except InputError:
        return
    assert to_bytes(undo(result.text, result.record), result.record) == data
    assert WHOLE.run(data, source=Source(name="fuzzed", charset=charset)).text == result.text
    decoding = result.record.decoding
    assert decoding is not None
    assert 0 <= decoding.confidence <= 1
    assert decoding.lossy == any(not encoding for _, _, encoding in decoding.exceptions)


def check_gate(line: str) -> None:
    """What the gate lets pass by, the slow path leaves alone with all scans overruled."""
    if gate.may_be_misread(line):
        return
    kept = [(m, m.suspect) for m in (mojibake, reading, words)], mojibake.may_be_double, words.suspect_place
    try:
        for module in (mojibake, reading, words):
            module.suspect = lambda _: True  # type: ignore[assignment]
        mojibake.may_be_double = lambda _: True
        words.suspect_place = lambda text, at=0: at if at < len(text) else None
        assert mojibake.mend_line(line) == [], line
    finally:
        for module, own in kept[0]:
            module.suspect = own  # type: ignore[attr-defined]
        mojibake.may_be_double, words.suspect_place = kept[1:]


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
