"""The two models: py3langid's naive Bayes over bytes, and tables of letter n-grams that are better on a few words.

All sums are of whole numbers, so they are the same on every machine whatever order a library adds them in.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from copydesk import ConfigError
from copydesk_stages.language import cache
from copydesk_stages.language.labels import COLUMNS, columns_of

#: Natural logarithms times this are whole numbers: the model holds half-precision values below 16 in size.
SCALE = 512
#: Weights of counts, log(1 + count), are rounded to this.
WEIGHT = 1024
#: Log probabilities in the tables of n-grams times this are whole numbers.
STEPS = 4
_NGRAMS = Path(__file__).with_name("ngrams.xz")
_WORD = re.compile(r"[^\W\d_]+")
_FORMAT = 2

#: Log probability of a text in two imaginary languages: the best one anew at every letter, and the mean of all.
Fit = tuple[float, float]


class Bayes:
    """py3langid's model: features found in the bytes of a text by an automaton, scores by multinomial naive Bayes."""

    def __init__(self, arrays: cache.Arrays) -> None:
        self._next = memoryview(arrays["next"].data).cast("B").cast("I")
        self._base: list[int] = arrays["base"].tolist()
        self._out: list[int] = arrays["out"].tolist()
        self._table = arrays["table"]
        self._prior = arrays["prior"]
        self._fit = {script: arrays[f"fit.{script}"] for script in COLUMNS}

    def features(self, text: str) -> list[int]:
        """Return the features of a text, one for each place where one ends."""
        if text.isupper():
            text = text.lower()
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        data = text.encode("utf-8", "surrogatepass")
        following, base, out = self._next, self._base, self._out
        state = 0
        return [found for byte in data if (found := out[state := following[base[state] + byte]]) >= 0]

    def scores(self, features: list[int], script: str) -> tuple[Any, Fit]:
        """Return the score of each column, in units of 1 / (SCALE * WEIGHT), and how well the text fits, in nats."""
        counts = Counter(features)
        ids = np.fromiter(counts, np.intp, len(counts))
        weights = _weights(max(counts.values(), default=0)).take(np.fromiter(counts.values(), np.intp, len(counts)))
        best, mean = weights @ self._fit[script].take(ids, 0) / (SCALE * WEIGHT)
        return weights @ self._table.take(ids, 0) + self._prior, (float(best), float(mean))


@lru_cache(maxsize=32)
def _weights(highest: int) -> Any:
    size = max(64, 1 << (highest + 1).bit_length())
    return np.rint(np.log1p(np.arange(size)) * WEIGHT)


class Ngrams:
    """Log probabilities of a letter after up to four letters, in each language of one script."""

    def __init__(self, script: str, languages: list[str], grams: list[str], table: Any) -> None:
        self.script = script
        self.languages = languages
        self._index = dict(zip(grams, range(len(grams)), strict=True))
        self._table = table
        self._fit = _fit(table, STEPS)

    def rows(self, word: str) -> list[int]:
        """Return for each letter of a word the row of the longest n-gram that ends with it, -1 where there is none."""
        get = self._index.get
        found = []
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 5), end):
                row = get(word[start:end])
                if row is not None:
                    found.append(row)
                    break
        return found

    def scores(self, text: str) -> tuple[Any, Fit, int]:
        """Return the score of each language in units of 1 / STEPS, how well the text fits, and how many letters."""
        rows: list[int] = []
        for word in _WORD.findall(text.lower()):
            rows += _rows(self.script, word) if len(word) < 24 else self.rows(word)
        ids = np.array(rows, np.intp)
        best, mean = self._fit.take(ids, 0).sum(0) / SCALE
        return self._table.take(ids, 0).sum(0, dtype=np.int64), (float(best), float(mean)), len(rows)


def _fit(table: Any, scale: int) -> Any:
    """Return for each row the best value and the logarithm of the mean probability, in units of 1 / SCALE."""
    logs = table / scale
    best = logs.max(1)
    mean = np.log(np.exp(logs - best[:, None]).mean(1)) + best
    return np.rint(np.column_stack((best, mean)) * SCALE)


@lru_cache(maxsize=1 << 15)
def _rows(script: str, word: str) -> list[int]:
    return ngrams()[script].rows(word)


def model_file() -> Path:
    """Return the path of py3langid's model."""
    spec = find_spec("py3langid")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / "data" / "model.npz.xz"
        if path.is_file():
            return path
    raise ConfigError(
        'language.backend = "py3langid": its model is not installed; run `pip install "py3langid>=0.4,<0.5"`'
    )


@lru_cache(maxsize=1)
def digest() -> str:
    """Return a digest of the models that decide, 12 hexadecimal digits."""
    both = hashlib.sha256(_NGRAMS.read_bytes())
    both.update(model_file().read_bytes())
    return both.hexdigest()[:12]


@lru_cache(maxsize=1)
def bayes() -> Bayes:
    """Return py3langid's model, from the cache where it is there."""
    return Bayes(_arrays())


@lru_cache(maxsize=1)
def ngrams() -> dict[str, Ngrams]:
    """Return the n-gram tables by script."""
    arrays = _arrays()
    head = json.loads(arrays["head"].tobytes())
    return {
        table["script"]: Ngrams(
            table["script"],
            table["languages"],
            arrays[f"grams.{table['script']}"].tobytes().decode().split("\n"),
            arrays[f"rows.{table['script']}"],
        )
        for table in head["tables"]
    }


@lru_cache(maxsize=1)
def _arrays() -> cache.Arrays:
    return cache.arrays(f"language-{_FORMAT}-{digest()}.bin", lambda: {**_unpack_bayes(), **_unpack_ngrams()})


def _unpack_bayes() -> dict[str, Any]:
    import io

    with lzma.open(model_file()) as packed, np.load(io.BytesIO(packed.read()), allow_pickle=False) as data:
        table = np.rint(data["ptc"].astype(np.float32) * SCALE).astype(np.int16)
        return {
            "next": data["nextmove"].astype(np.uint32),
            "base": data["nextmove_row"].astype(np.uint32) << 8,
            "out": data["out_feat"].astype(np.int32),
            "table": table,
            "prior": np.rint(data["pc"].astype(np.float64) * SCALE * WEIGHT),
            **{f"fit.{script}": _fit(table[:, columns_of(script)], SCALE).astype(np.int32) for script in COLUMNS},
        }


def _unpack_ngrams() -> dict[str, Any]:
    head, _, rest = lzma.decompress(_NGRAMS.read_bytes()).partition(b"\n")
    told = json.loads(head)
    arrays: dict[str, Any] = {"head": np.frombuffer(head, np.uint8)}
    floor, backoff = round(told["floor"] * STEPS), told["backoff"]
    at = 0
    for table in told["tables"]:
        grams, endings, rows = (rest[(at := at + size) - size : at] for size in table["sizes"])
        ending = np.frombuffer(endings, "<i4")
        steps = np.frombuffer(rows, np.int8).reshape(len(table["languages"]), -1).T.astype(np.int16)
        first = 0
        for count in table["orders"]:  # an n-gram's ending is shorter, so its row is complete by then
            part = slice(first, first + count)
            known = ending[part] >= 0
            expected = np.where(known[:, None], np.maximum(steps[ending[part]] + backoff, floor), floor)
            steps[part] += expected.astype(np.int16)
            first += count
        arrays[f"grams.{table['script']}"] = np.frombuffer(grams, np.uint8)
        arrays[f"rows.{table['script']}"] = np.ascontiguousarray(steps.astype(np.int8))
    return arrays
