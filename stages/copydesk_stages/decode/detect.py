"""The charset detectors, behind one door."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from copydesk import codec_name
from copydesk_stages.decode.wide import is_wide_text

Detector = Literal["chardet", "charset-normalizer"]

# Detectors rate encodings that share most letters within a hair of one another. What the web still serves is the
# likelier of such a pair, and among that Western European: see the usage figures of W3Techs.
_WEB_NEAR = 0.65
_NEAR = 0.9
_SURE = 0.5
_SEEN = 20_000  # bytes: enough to tell whether words mix scripts
_ALPHABETS = "\u0370-\u03ff\u0400-\u052f\u0590-\u05ff\u0600-\u06ff\u0e00-\u0e7f"
_OTHER = re.compile(f"[{_ALPHABETS}]")
_MIXED = re.compile(f"(?<=[A-Za-z])[{_ALPHABETS}]|[{_ALPHABETS}](?=[A-Za-z])")
# U+0085 is the line break of EBCDIC.
_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_CONTROLS_IN = 20
_UNSURE = 0.35
_A_GUESS = 0.2
_VERY_FEW, _FEW = 10, 40  # bytes beyond ASCII
_HIGH = bytes(range(0x80, 0x100))
# Text in ASCII but for signs, each by itself, that nearly all Windows code pages have at the same byte.
_LONE_SIGNS = re.compile(
    rb"[\x00-\x7f]*+(?:[\x80\x85\x91-\x97\x99\xa0\xa7\xa9\xab\xae\xb0\xb1\xb7\xbb](?![\x80-\xff])[\x00-\x7f]*+)++"
)
# Detectors answer with a superset or a rare revision; these are tried first, in order. Shift_JIS text that stays within
# JIS X 0208 is read by that standard (its wave dash is U+301C), with Microsoft's mapping only where it needs that.
_COMMON: dict[str, tuple[str, ...]] = {
    "shift_jis_2004": ("shift_jis", "cp932"),
    "cp932": ("shift_jis",),
    "euc_jis_2004": ("euc_jp",),
    "big5hkscs": ("big5",),
    "iso8859-15": ("cp1252",),
}
_WEB = frozenset(
    ("big5", "big5hkscs", "cp866", "cp874", "cp932", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254",
     "cp1255", "cp1256", "cp1257", "cp1258", "euc_jp", "gb18030", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7",
     "iso8859-8", "koi8-r", "shift_jis", "utf-8")
)  # fmt: skip


# Quotation marks within a word are letters that were read wrong.
_QUOTE_WITHIN = re.compile("(?<=[A-Za-z])[“”„‚«»‹›](?=[A-Za-z])")
# Of Latin letters and less used: DOS, the old Macintosh, Central Europe, the Baltic. Taken where the letters tell, too.
_BY_LETTERS = ("cp437", "cp850", "cp852", "mac-roman", "iso8859-2", "cp1250", "cp1257")
# Read as one another, capitals are small letters.
_CYRILLIC = ("cp1251", "koi8-r")
_MOSTLY = 0.8
# Powers of ten.
_TELLS_NOTHING = 0.5
_TELLS_MUCH = 3.0


class Guess(NamedTuple):
    """An encoding and how sure the detector is of it, from 0 to 1."""

    encoding: str
    confidence: float


def guess(data: bytes, detector: Detector = "chardet") -> list[Guess]:
    r"""Return the encodings that `detector` thinks possible and that decode `data` strictly, likeliest first.

    >>> guess("Привет из города на реке".encode("koi8-r"))[0].encoding
    'koi8-r'
    """
    found = _chardet(data) if detector == "chardet" else _charset_normalizer(data)
    seen: dict[str, float] = {}
    for label, confidence in found:
        name = codec_name(label)
        for candidate in (*_COMMON.get(name, ()), name) if name else ():
            if candidate not in seen and decodes(data, candidate) and _may_be_wide(data, candidate):
                seen[candidate] = confidence
                break
    likely = {
        name: confidence
        for name, confidence in seen.items()
        if not mixes_scripts(data, name) and not _holds_controls(data, name)
    }
    return [Guess(name, confidence) for name, confidence in (likely or seen).items()]


def mixes_scripts(data: bytes, encoding: str) -> bool:
    r"""Tell whether `data` read in `encoding` is mostly words that mix Latin letters with those of another alphabet.

    No language writes so, and a detector that sees one word does not know: "caf\xe9" is no Cyrillic.

    >>> mixes_scripts("déjà vu".encode("latin-1"), "cp1251"), mixes_scripts("déjà vu".encode("latin-1"), "cp1252")
    (True, False)
    """
    text = data[:_SEEN].decode(encoding, "ignore")
    letters = len(_OTHER.findall(text))
    mixed = len(_MIXED.findall(text))
    return mixed > 0 and 2 * mixed >= letters


def _holds_controls(data: bytes, encoding: str) -> bool:
    """Tell whether `data` read in `encoding` holds C1 controls by the score, as capitals do in one of IBM's EBCDIC."""
    text = data[:_SEEN].decode(encoding, "ignore")
    return _CONTROLS_IN * len(_C1.findall(text)) > len(text)


def _may_be_wide(data: bytes, encoding: str) -> bool:
    """Tell whether UTF-16 or UTF-32 makes text of `data`: a few NULs are enough for a detector. Others always may."""
    return not encoding.startswith(("utf-16", "utf-32")) or is_wide_text(data, encoding)


def decodes(data: bytes, encoding: str) -> bool:
    """Tell whether `data` is well formed in `encoding`."""
    try:
        data.decode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def choose(guesses: list[Guess], data: bytes) -> Guess | None:
    r"""Return the guess to take for `data`: the likeliest, unless one that is used far more is rated nearly as high.

    The fewer bytes there are to tell by, the more counts what the web uses, and which reading the letters suit better.

    >>> data = "à bientôt, naïve".encode("latin-1")
    >>> choose(guess(data), data).encoding, choose([], b"don\x92t").encoding, choose([], b"")
    ('cp1252', 'cp1252', None)
    """
    if _LONE_SIGNS.fullmatch(data):
        return Guess("cp1252", _SURE)
    if not guesses:
        return None
    usual = _usual(guesses, data)
    near = (g for g in guesses if g.encoding in _BY_LETTERS and g.confidence >= _NEAR * guesses[0].confidence)
    top = next(near, usual)
    gap = _gap(usual.encoding, top.encoding, data[:_SEEN]) if top != usual != guesses[0] else None
    return _in_capitals(usual if gap is None or gap < _TELLS_MUCH else top, data[:_SEEN])


def _in_capitals(chosen: Guess, data: bytes) -> Guess:
    """Return Cyrillic in capitals where the letters say so: its bytes are small letters of others and of one another.

    The detectors know small letters only, and took nearly all such text for something else.
    """
    own = data.decode(chosen.encoding, "ignore")
    if not _OTHER.search(own) or _beyond_ascii(data) <= _VERY_FEW:
        return chosen
    readings = {name: data.decode(name, "ignore") for name in _CYRILLIC if name != chosen.encoding}
    readings = {name: text for name, text in readings.items() if _is_in_capitals(text)}
    if not readings:
        return chosen
    from copydesk_stages.letters import unlikeliness

    first, *others = unlikeliness([own, *readings.values()])
    least, name = min(zip(others, readings, strict=True))
    return Guess(name, min(chosen.confidence, _SURE)) if first - least >= _TELLS_MUCH else chosen


def _is_in_capitals(text: str) -> bool:
    letters = _OTHER.findall(text)
    return sum(map(str.isupper, letters)) > _MOSTLY * len(letters)


def is_guess(chosen: Guess, data: bytes) -> bool:
    r"""Tell whether `data` has too few bytes beyond ASCII, and too common ones, for the chosen encoding to be sure.

    Of words and snippets cut from texts in known encodings, one in thirteen of these was read wrong, of the others
    one in sixty.

    >>> data = "Žalia".encode("cp1257")
    >>> is_guess(choose(guess(data), data), data)
    True
    """
    return chosen.confidence < _A_GUESS and _beyond_ascii(data) <= _VERY_FEW


def _beyond_ascii(data: bytes) -> int:
    return len(data) - len(data.translate(None, _HIGH))


def _usual(guesses: list[Guess], data: bytes) -> Guess:
    """Return the likeliest guess, or one that is used far more and is rated nearly as high."""
    top = guesses[0]
    if top.confidence < _UNSURE and _beyond_ascii(data) <= _FEW:
        top = max(guesses, key=lambda guess: guess.confidence * _prior(guess.encoding))
    western = next((g for g in guesses if g.encoding == "cp1252"), None)
    if western and top.confidence < _UNSURE:
        gap = _gap(western.encoding, top.encoding, data[:_SEEN])
        if gap is not None and gap <= _TELLS_NOTHING:
            return western
    if top.confidence < _SURE and top.encoding not in _WEB:
        top = next((g for g in guesses if g.encoding in _WEB and g.confidence >= _WEB_NEAR * top.confidence), top)
    if top.confidence < _SURE:
        near = (g for g in guesses if g.encoding == "cp1252" and g.confidence >= _NEAR * top.confidence)
        top = next(near, top)
    if top.confidence < _UNSURE and top.encoding == "iso8859-2":  # snippets without a letter that tells them apart
        near = (g for g in guesses if g.encoding == "cp1250" and g.confidence >= _NEAR * top.confidence)
        top = next(near, top)
    return top


def _gap(encoding: str, other: str, data: bytes) -> float | None:
    """Return by how much the letters of `data` are unlikelier in one encoding than in another, in powers of ten.

    None where they are not all Latin in the other.
    """
    texts = [_QUOTE_WITHIN.sub("\uffff", data.decode(name, "ignore")) for name in (encoding, other)]
    if _OTHER.search(texts[1]) or len(texts[1]) < len(data):
        return None
    from copydesk_stages.letters import unlikeliness

    own, others = unlikeliness(texts)
    return own - others


def _prior(encoding: str) -> float:
    return 4.0 if encoding == "cp1252" else 3.3 if encoding in _WEB else 1.0


def _chardet(data: bytes) -> list[tuple[str, float]]:
    import chardet

    rows = chardet.detect_all(data, ignore_threshold=True, compat_names=False)
    return [(str(row["encoding"]), round(float(row["confidence"]), 3)) for row in rows if row["encoding"]]


@lru_cache(maxsize=8)
def _quiet_logger() -> None:
    import logging

    logging.getLogger("charset_normalizer").setLevel(logging.WARNING)


def _charset_normalizer(data: bytes) -> list[tuple[str, float]]:
    import charset_normalizer

    _quiet_logger()
    matches = charset_normalizer.from_bytes(data)
    return [(match.encoding, round(1.0 - float(match.chaos), 3)) for match in matches]
