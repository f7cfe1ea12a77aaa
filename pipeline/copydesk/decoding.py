"""How bytes became text, with what it takes to go back."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any, Self

from copydesk.document import Source


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A document that is still bytes: what a stage that takes bytes is called with."""

    data: bytes
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Decoding:
    r"""What a stage that takes bytes returns.

    `bom` is the byte order mark that was cut off, `confidence` lies between 0 and 1, `how` says in a word how the
    encoding was found ("bom", "utf-8", "declared", "detected", "guessed", ...), `lossy` whether characters were lost.
    `originals` holds, for each range of the text (code points) that would not encode back to the same bytes, those
    bytes, in order. `exceptions` holds, for each run of lines that are not well formed in `encoding`, its first and
    last line (from 1) and the encoding that they were read in: "" where bytes are none and show as U+FFFD.

    >>> decoding = Decoding.of("Café".encode("cp1252"), "cp1252", how="declared")
    >>> decoding.text, decoding.to_bytes(decoding.text)
    ('Café', b'Caf\xe9')
    """

    text: str
    encoding: str = "utf-8"
    bom: bytes = b""
    confidence: float = 1.0
    how: str = "utf-8"
    lossy: bool = False
    originals: tuple[tuple[int, int, bytes], ...] = ()
    exceptions: tuple[tuple[int, int, str], ...] = ()

    @classmethod
    def of(
        cls,
        data: bytes,
        encoding: str,
        *,
        how: str,
        bom: bytes = b"",
        confidence: float = 1.0,
        errors: str = "strict",
    ) -> Self:
        """Decode `data` (without its `bom`) and keep the bytes of every line that does not encode back.

        Where lines cannot be told apart in the bytes (stateful or wide encodings), the whole is kept. Raises
        UnicodeDecodeError as `bytes.decode` does, and LookupError on an unknown encoding.
        """
        text = data.decode(encoding, errors)
        lossy = errors != "strict" and "\ufffd" in text
        bad = _bad_lines(text) if lossy else ()
        return cls(text, encoding, bom, confidence, how, lossy, _originals(data, text, encoding, errors), bad)

    def to_bytes(self, text: str) -> bytes:
        """Encode the decoded `text` back to the bytes that it came from, byte order mark included."""
        pieces = [self.bom]
        at = 0
        for start, end, original in (*self.originals, (len(text), len(text), b"")):
            if at < start:  # of nothing some codecs make a byte order mark
                pieces.append(_encode(text[at:start], self.encoding))
            pieces.append(original)
            at = end
        return b"".join(pieces)

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say: UTF-8 throughout, without a byte order mark."""
        return self.how == "utf-8" and not self.bom and not self.exceptions

    def describe(self) -> str:
        """Say in words how bytes became text.

        >>> lines = ((2, 2, "cp1252"), (5, 9, ""))
        >>> Decoding("", how="utf-8-with-cp1252-lines", confidence=0.8, exceptions=lines).describe()
        'decoded from utf-8 (utf-8-with-cp1252-lines, confidence 0.80), line 2 from cp1252, bad bytes in lines 5 to 9'
        """
        sure = "" if self.confidence >= 1 else f", confidence {self.confidence:.2f}"
        said = [f"decoded from {self.encoding} ({self.how}{sure})"]
        if self.bom:
            said.append("byte order mark cut off")
        for first, last, encoding in self.exceptions[:_SHOWN]:
            lines = f"line {first}" if first == last else f"lines {first} to {last}"
            said.append(f"{lines} from {encoding}" if encoding else f"bad bytes in {lines}")
        if len(self.exceptions) > _SHOWN:
            said.append(f"and {len(self.exceptions) - _SHOWN} more such runs of lines")
        return ", ".join(said)

    def to_json(self) -> dict[str, Any]:
        """Return everything but the text as JSON values."""
        return {
            "encoding": self.encoding,
            "bom": base64.b64encode(self.bom).decode("ascii"),
            "confidence": round(self.confidence, 3),
            "how": self.how,
            "lossy": self.lossy,
            "originals": [[s, e, base64.b64encode(b).decode("ascii")] for s, e, b in self.originals],
            "exceptions": [list(run) for run in self.exceptions],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Read back what `to_json` wrote; the text is left empty."""
        return cls(
            "",
            value["encoding"],
            base64.b64decode(value["bom"]),
            value["confidence"],
            value["how"],
            value["lossy"],
            tuple((s, e, base64.b64decode(b)) for s, e, b in value["originals"]),
            tuple((first, last, encoding) for first, last, encoding in value.get("exceptions", ())),
        )


_SHOWN = 3


def _encode(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "surrogatepass" if encoding.lower().startswith("utf") else "strict")


def _bad_lines(text: str) -> tuple[tuple[int, int, str], ...]:
    lines = re.split("\r\n|\n|\r", text)
    return tuple((number, number, "") for number, line in enumerate(lines, 1) if "\ufffd" in line)


def _originals(data: bytes, text: str, encoding: str, errors: str) -> tuple[tuple[int, int, bytes], ...]:
    try:
        if _encode(text, encoding) == data:
            return ()
    except UnicodeEncodeError:
        pass
    kept: list[tuple[int, int, bytes]] = []
    at = 0
    for line in data.splitlines(keepends=True):
        try:
            decoded = line.decode(encoding, errors)
        except UnicodeDecodeError:
            break
        try:
            same = _encode(decoded, encoding) == line
        except UnicodeEncodeError:
            same = False
        if not same:
            kept.append((at, at + len(decoded), line))
        at += len(decoded)
    found = tuple(kept)
    if at == len(text):
        try:
            if Decoding(text, encoding, originals=found).to_bytes(text) == data:
                return found
        except UnicodeEncodeError:
            pass
    return ((0, len(text), data),)
