"""Whether words behind a label or an opening are a sentence of the text and not what the label points to."""

from __future__ import annotations

import re

from copydesk_stages.markers.folding import cased, plain

_STOP = re.compile(r"(?<!\.\.)[.。۔।][\s\"'“”»’」』)]*$")
#: A script without spaces, or how a Korean sentence ends.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|다\.")
_CLOSING = " .。۔।\"'“”»’」』)"
#: Who speaks stands in a last part of so many words: "the baker said", "she asked the keeper".
_MOST_SPEAKER = 6
_PART = re.compile(r"[,?!，？！][\"'“”»’」』]*\s+")
#: A sentence has at least so many words in lower case that join no names, or one at its end; in a script without case
#: so many words.
_FEWEST_PLAIN = 2
_FEWEST = 2
#: Words in lower case between names.
_JOINING = frozenset(
    ("and", "by", "und", "et", "y", "e", "och", "og", "i", "ja", "de", "von", "van", "for", "of", "the")
)
#: Verbs of saying, without accents, as reports have them.
_SAID = (
    frozenset(
        ("said", "says", "asked", "asks", "told", "wrote", "replied", "answered", "cried", "read", "reads", "began")
    )
    | frozenset(
        (
            "sagte",
            "sagt",
            "fragte",
            "schrieb",
            "rief",
            "disait",
            "сказал",
            "сказала",
            "powiedzial",
            "powiedziala",
            "sade",
        )
    )
    | frozenset(
        (
            "dit",
            "demande",
            "repondit",
            "ecrit",
            "dijo",
            "dice",
            "pregunto",
            "disse",
            "chiese",
            "perguntou",
            "zei",
            "vroeg",
        )
    )
)
#: A notice of copyright tells of itself only in the words of the law.
_TELLS = re.compile(r"\b(?:is|was|were|has|had|stands|stood|says|said|belongs|belonged)\b")


def is_sentence(text: str) -> bool:
    """Tell whether `text` closes with a full stop and says more than names.

    >>> [is_sentence(text) for text in ("the word comes from Latin.", "Ada Vale.", "How it went out", "他是渔民。")]
    [True, False, False, True]
    """
    if not _STOP.search(text):
        return False
    if _UNSPACED.search(text):
        return True
    tokens = cased(text)
    if not any(token[0].isupper() or token[0].islower() for token in tokens):
        return len(tokens) >= _FEWEST
    said = [token for token in tokens if token[0].islower() and len(token) > 1 and token not in _JOINING]
    closing = f" {said[-1]}" if said else ""
    return len(said) >= _FEWEST_PLAIN or (closing != "" and text.strip(_CLOSING).endswith(closing))


def is_said(text: str) -> bool:
    """Tell whether `text` closes with who says it.

    >>> is_said("Do you have a story? she asked the keeper."), is_said("Do you have a story? Write to us.")
    (True, False)
    """
    last = _PART.split(text)[-1]
    tokens = cased(last)
    return (
        last != text
        and last[:1].islower()
        and len(tokens) <= _MOST_SPEAKER
        and not _SAID.isdisjoint(map(plain, tokens))
        and _STOP.search(last) is not None
    )


def is_told(notice: str) -> bool:
    """Tell whether a line that begins with the word copyright says where it stands, or the like.

    >>> is_told("Copyright 1931 by the keeper is written on it."), is_told("Copyright 2021 Ada Vale.")
    (True, False)
    """
    return "©" not in notice and is_sentence(notice) and _TELLS.search(notice) is not None
