"""The two models: py3langid's naive Bayes over bytes, and tables of letter n-grams that are better on a few words.

All sums are of whole numbers, so they are the same on every machine whatever order a library adds them in.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from copydesk_stages.language import cache, labels
from copydesk_stages.language.labels import COLUMNS, frame
from copydesk_stages.language.weights import NGRAMS, model_file, own_digest

#: Natural logarithms times this are whole numbers: the model holds half-precision values below 16 in size.
SCALE = 512
#: Weights of counts, log(1 + count), are rounded to this.
WEIGHT = 1024
UNITS = SCALE * WEIGHT
#: Log probabilities in the tables of n-grams times this are whole numbers.
STEPS = 16
#: The longest n-gram.
ORDERS = 5
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_PADDING = bytes(7)


class Grams:
    """A set of n-grams with a row number each: of all that end at a place of a text the longest is found.

    An n-gram is a number of one byte for each sign, looked up in a table in which it stands in one of two places
    (cuckoo hashing, Pagh and Rodler 2001), so that all n-grams of a text are found by a few array operations.
    """

    def __init__(self, keys: Any, rows: Any, longest: int) -> None:
        self._keys, self._rows = keys, rows
        self._shift = np.uint64(64 - (len(keys).bit_length() - 1))
        self._ends = np.array([[(1 << 8 * order) - 1] for order in range(1, longest + 1)], np.uint64)

    def rows(self, signs: bytes) -> Any:
        """Return for each sign the row of the longest n-gram that ends with it, -1 where there is none.

        The sign 0 is in no n-gram.
        """
        # Each sign with the seven before it as one number, of which an n-gram is the end. "\0ab" has the number of
        # "ab", and "a\0b" that of no n-gram.
        grams = np.ndarray(len(signs), ">u8", _PADDING + signs, 0, (1,)).astype(np.uint64) & self._ends
        place = (grams * _FIRST) >> self._shift
        place = np.where(self._keys.take(place) == grams, place, (grams * _SECOND) >> self._shift)
        # Longer n-grams have higher rows, so the highest is the longest.
        return np.where(self._keys.take(place) == grams, self._rows.take(place), -1).max(0)


class Bayes:
    """py3langid's model: features found in the bytes of a text, scores by multinomial naive Bayes.

    Its automaton (Aho and Corasick 1975) is always in the state of the longest n-gram it has that ends at a byte; here
    that state is looked up, which needs a tenth of the memory of the automaton's moves.
    """

    def __init__(self, arrays: cache.Arrays) -> None:
        self._states = Grams(arrays["states"], arrays["rows"], int(arrays["longest"][0]))
        self._out = arrays["out"]
        self._tables = {script: (arrays[f"bayes.{script}"], arrays[f"prior.{script}"]) for script in COLUMNS}

    def features(self, text: str) -> Any:
        """Return the features of a text, one for each place where one ends, sorted."""
        if text.isupper():
            text = text.lower()
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        found = self._out.take(self._states.rows(text.encode("utf-8", "surrogatepass")))
        found.sort()
        return found[int(found.searchsorted(0)) :]

    def scores(self, features: Any, script: str) -> Any:
        """Return the score of each column of the script's frame, then the text's fit, in units of 1 / UNITS."""
        table, prior = self._tables[script]
        if not len(features):
            return prior
        is_last = np.empty(len(features), bool)
        is_last[-1] = True
        np.not_equal(features[1:], features[:-1], out=is_last[:-1])
        last = is_last.nonzero()[0]
        counts = last.copy()
        counts[0] += 1
        counts[1:] -= last[:-1]
        weights = _weights(int(counts.max())).take(counts)
        return weights @ table.take(features.take(last), 0) + prior


@lru_cache(maxsize=32)
def _weights(highest: int) -> Any:
    size = max(64, 1 << (highest + 1).bit_length())
    return np.rint(np.log1p(np.arange(size)) * WEIGHT)


class Ngrams:
    """Log probabilities of a letter after up to four letters, in each language of one script."""

    def __init__(self, script: str, arrays: cache.Arrays) -> None:
        self._letters, self._table = arrays[f"letters.{script}"], arrays[f"table.{script}"]
        self._grams = Grams(arrays[f"keys.{script}"], arrays[f"rows.{script}"], ORDERS)

    def scores(self, text: str) -> tuple[Any, int]:
        """Return the score of each language, then the text's fit, in units of 1 / STEPS, and how many letters."""
        codes = np.frombuffer(text.lower().encode("utf-32-le", "surrogatepass"), np.uint32)
        rows = self._grams.rows(self._letters.take(codes, mode="clip").tobytes())
        rows = rows[rows >= 0]
        # Whole numbers below 2**24, so exact; a product is a few times as fast as a sum of columns.
        return np.full(len(rows), -1, np.float32) @ self._table.take(rows, 0), len(rows)


def _cuckoo(keys: Any) -> tuple[Any, Any]:
    """Return the keys and their numbers, each in one of its two places; 0 is no key."""
    bits = (2 * len(keys)).bit_length()
    places = [((keys * by) >> np.uint64(64 - bits)).astype(np.intp) for by in (_FIRST, _SECOND)]
    taken = np.full(1 << bits, -1, np.int32)
    second = np.zeros(len(keys), bool)
    moving = np.arange(len(keys))
    for _ in range(1000):
        if not len(moving):
            return np.where(taken >= 0, keys.take(taken, mode="clip"), np.uint64(0)), taken
        place = np.where(second, places[1], places[0])[moving]
        before = taken[place]
        taken[place] = moving  # of several the last
        moving = np.union1d(before[before >= 0], moving[taken[place] != moving])
        second[moving] ^= True
    raise AssertionError("no place for an n-gram; the tables have to be made with other factors")


def _with_fit(table: Any, scale: int) -> Any:
    """Return the rows with the two imaginary languages behind: the best at every letter, and the mean of all."""
    logs = table / scale
    best = logs.max(1)
    mean = np.log(np.exp(logs - best[:, None]).mean(1)) + best
    return np.column_stack((table, np.rint(best * scale), np.rint(mean * scale))).astype(np.int16)


@lru_cache(maxsize=1)
def digest() -> str:
    """Return a digest of the models and of the code that unpacks them, which is what the cache holds."""
    code = b"".join(Path(part).read_bytes() for part in (__file__, str(labels.__file__)))
    return hashlib.sha256(own_digest().encode() + code).hexdigest()[:12]


@lru_cache(maxsize=1)
def bayes() -> Bayes:
    """Return py3langid's model, from the cache where it is there."""
    return Bayes(_arrays())


@lru_cache(maxsize=1)
def ngrams() -> dict[str, Ngrams]:
    """Return the n-gram tables by script."""
    return {script: Ngrams(script, _arrays()) for script in spoken()}


@lru_cache(maxsize=1)
def spoken() -> dict[str, tuple[str, ...]]:
    """Return the names of the languages of each n-gram table, in the order of the file."""
    return _names(_arrays()["head"].tobytes())


def _names(head: bytes) -> dict[str, tuple[str, ...]]:
    return {table["script"]: tuple(table["languages"]) for table in json.loads(head)["tables"]}


@lru_cache(maxsize=1)
def _arrays() -> cache.Arrays:
    def build() -> dict[str, Any]:
        grams = _unpack_ngrams()
        return {**_unpack_bayes(_names(grams["head"].tobytes())), **grams}

    return cache.arrays(f"language-{digest()}.bin", build)


def _unpack_bayes(names: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    import io

    with lzma.open(model_file()) as packed, np.load(io.BytesIO(packed.read()), allow_pickle=False) as data:
        table = np.rint(data["ptc"].astype(np.float32) * SCALE).astype(np.int16)
        prior = np.rint(data["pc"].astype(np.float64) * UNITS)
        grams, lengths = _states(data["nextmove"].reshape(-1, 256), data["nextmove_row"].astype(np.intp))
        order = np.lexsort((grams, lengths))[1:]  # shorter ones first; the beginning, of length 0, is looked up as -1
        keys, rows = _cuckoo(grams[order])
        out = data["out_feat"].astype(np.int32)
        arrays = {"states": keys, "rows": rows, "longest": lengths.max(keepdims=True), "out": out[[*order, 0]]}
        for script in COLUMNS:
            columns = list(frame(script, names.get(script, ())).columns)
            arrays[f"bayes.{script}"] = _with_fit(table[:, columns], SCALE)
            arrays[f"prior.{script}"] = np.append(prior[columns], [0.0, 0.0])
        return arrays


def _states(moves: Any, row_of: Any) -> tuple[Any, Any]:
    """Return for each state of an automaton the n-gram that it stands for, as a number, and its length."""
    grams, lengths = np.zeros(len(row_of), np.uint64), np.full(len(row_of), -1)
    level, length, known = np.zeros(1, np.intp), 0, np.zeros(len(moves), bool)
    lengths[0] = 0
    while len(level):
        # States that share a row differ from one another in what came before, so the first has all that is new.
        level = level[~known[row_of[level]]]
        level = level[np.unique(row_of[level], return_index=True)[1]]
        known[row_of[level]] = True
        after = moves[row_of[level]]
        parents, letters = np.nonzero(lengths[after] < 0)
        found, first = np.unique(after[parents, letters], return_index=True)
        grams[found] = grams[level[parents[first]]] << np.uint64(8) | letters[first].astype(np.uint64)
        length += 1
        lengths[found] = length
        level = found
    return grams, lengths


def _unpack_ngrams() -> dict[str, Any]:
    head, _, rest = lzma.decompress(NGRAMS.read_bytes()).partition(b"\n")
    told = json.loads(head)
    arrays: dict[str, Any] = {"head": np.frombuffer(head, np.uint8)}
    floor, backoff = round(told["floor"] * told["steps"]), told["backoff"]
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
        words = grams.decode().split("\n")
        alphabet = sorted(set("".join(words)))
        number = {letter: at for at, letter in enumerate(alphabet, start=1)}
        letters = np.zeros(ord(alphabet[-1]) + 2, np.uint8)
        letters[[ord(letter) for letter in alphabet]] = range(1, len(alphabet) + 1)
        keys, rows_of = _cuckoo(
            np.array([sum(number[c] << 8 * k for k, c in enumerate(reversed(word))) for word in words], np.uint64)
        )
        name = table["script"]
        arrays |= {f"letters.{name}": letters, f"keys.{name}": keys, f"rows.{name}": rows_of}
        # Sixteenths of a nat are fine enough for the mean.
        steps = steps * (STEPS // told["steps"])
        columns = list(frame(name, tuple(table["languages"])).spoken)
        # Less than 256 sixteenths below 0; in one byte each, since most of the time goes into fetching rows.
        arrays[f"table.{name}"] = (-_with_fit(steps[:, columns], STEPS)).astype(np.uint8)
    return arrays
