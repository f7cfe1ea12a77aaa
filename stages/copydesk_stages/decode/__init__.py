"""Bytes to text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import ClassVar, Literal

from copydesk import Decoding, InputError, RawDocument, codec_name, option
from copydesk_stages.decode.declared import charset_in, supersets
from copydesk_stages.decode.detect import Guess, choose, decodes, guess, is_guess
from copydesk_stages.decode.mixed import decode_mostly_utf8
from copydesk_stages.decode.signatures import control_share, name_binary
from copydesk_stages.decode.wide import escaped_encoding, is_wide_text, wide_encoding

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Compressed or random bytes hold a tenth of controls; a NUL or two in a text in UTF-8 are no reason to refuse it.
_MAX_CONTROLS = 0.05
_MAX_CONTROLS_IN_UTF8 = 0.4
# A declared charset is believed unless the detector rates it below this share of its own first choice.
_BELIEVED = 0.3


@dataclass(frozen=True, slots=True)
class Decode:
    r"""Turn the bytes of a document into text, and keep what it takes to get the bytes back.

    In order: a byte order mark; UTF-16 and UTF-32 without one and ISO-2022 by their NULs and escapes, which are valid
    UTF-8 too; strict UTF-8; the declared charset (`source.charset`, else XML declaration or `<meta>`) where it decodes
    strictly and reads plausibly; UTF-8 with a cut end, a few bad bytes or lines of another encoding; a detector;
    Windows-1252. Charset labels are read as browsers read them (WHATWG Encoding Standard). Files that are no text are
    refused. Valid UTF-8 without such signs is UTF-8, whatever is declared.

    >>> from copydesk import Chain, Source
    >>> Chain.of(Decode()).run("Ärger im Café".encode("cp1252")).text
    'Ärger im Café'
    >>> Chain.of(Decode()).run("Привет".encode("koi8-r"), source=Source(charset="koi8-r")).record.decoding.how
    'declared'
    """

    takes: ClassVar[str] = "bytes"
    gives: ClassVar[str] = "html"
    uses: ClassVar[tuple[str, ...]] = ("chardet", "charset-normalizer")

    detector: Literal["chardet", "charset-normalizer"] = option(
        "chardet", "What guesses the charset where nothing else decides."
    )

    def __call__(self, raw: RawDocument) -> Decoding:
        """Return the decoding; raises InputError for a file that is no text, and nothing else."""
        data = raw.data
        if found := _by_mark(data):
            return found
        if _is_plain(data):
            return Decoding(data.decode("ascii"))
        _refuse_known_binary(data, raw.source.name)
        if name := wide_encoding(data):
            return Decoding.of(data, name, how="nul-pattern", confidence=0.9)
        if name := escaped_encoding(data):
            return Decoding.of(data, name, how="escapes", confidence=0.95)
        _refuse_controls(data, raw.source.name)
        if decodes(data, "utf-8"):
            return Decoding(data.decode("utf-8"))
        return self._legacy(data, raw.source.charset)

    def _legacy(self, data: bytes, charset: str | None) -> Decoding:
        guesses: list[Guess] = []
        for label in (charset, charset_in(data)):
            declared = next((name for name in supersets(codec_name(label)) if decodes(data, name)), None)
            if declared:
                guesses = guesses or guess(data, self.detector)
                if _is_believable(declared, guesses, data):
                    return Decoding.of(data, declared, how="declared", confidence=0.95)
        if found := decode_mostly_utf8(data, self.detector):
            return found
        chosen = choose(guesses or guess(data, self.detector), data)
        if chosen:
            how = "guessed" if is_guess(chosen, data) else "detected"
            return Decoding.of(data, chosen.encoding, how=how, confidence=chosen.confidence)
        if decodes(data, "cp1252"):
            return Decoding.of(data, "cp1252", how="last-resort", confidence=0.1)
        return Decoding.of(data, "cp1252", how="last-resort", confidence=0.05, errors="replace")


def _by_mark(data: bytes) -> Decoding | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            if decodes(body, encoding):
                return Decoding.of(body, encoding, how="bom", bom=mark)
            if encoding == "utf-8":
                return Decoding.of(body, encoding, how="bom", bom=mark, confidence=0.9, errors="replace")
            if "16" in encoding and control_share(body[:64]) < 0.6:
                return Decoding.of(body, encoding, how="bom", bom=mark, confidence=0.8, errors="replace")
    return None


def _is_plain(data: bytes) -> bool:
    """Tell at once that `data` is text in ASCII."""
    told = b"\0" in data or b"\x1b" in data or b"~{" in data or data[:1] == b"%"
    return data.isascii() and not told and control_share(data[:64]) == 0


def _refuse_known_binary(data: bytes, name: str | None) -> None:
    """Refuse by first bytes before NULs are looked at: the pairs of bytes of a PDF file can be Chinese in UTF-16."""
    if what := name_binary(data):
        raise _no_text(name, f"looks like {what}")


def _refuse_controls(data: bytes, name: str | None) -> None:
    share = control_share(data)
    if share > (_MAX_CONTROLS_IN_UTF8 if decodes(data, "utf-8") else _MAX_CONTROLS):
        raise _no_text(name, f"is no text: {share:.0%} of its first bytes are control characters")


def _no_text(name: str | None, finding: str) -> InputError:
    return InputError(
        f"{name or 'the input'}: {finding}; copydesk cleans text and HTML, so extract the text first or leave it out"
    )


def _is_believable(declared: str, guesses: list[Guess], data: bytes) -> bool:
    if declared.startswith(("utf-16", "utf-32")):
        return is_wide_text(data, declared)
    rated = {g.encoding: g.confidence for g in guesses}
    return not guesses or rated.get(declared, 0.0) >= _BELIEVED * guesses[0].confidence


__all__ = ["Decode"]
