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
_FACTORS = np.array([[[0x9E3779B97F4A7C15]], [[0xC2B2AE3D27D4EB4F]]], np.uint64)
_ONE, _WORD = np.uint64(1), np.uint64(64)
_PADDING = bytes(7)
#: The longest n-gram of letters.
ORDERS = 5
#: Marks n-grams of letters among those of bytes, above the six places that an n-gram may have.
_LETTERS = np.uint64(1 << 56)
#: What a table of letters has for all that is no letter of its languages.
_SPACE = 1


class Reader:
    """What both models say of a text in one script.

    An n-gram is a number of one byte for each sign, looked up in a table in which it stands in one of two places
    (cuckoo hashing, Pagh and Rodler 2001), so that all n-grams of a text are found by a few array operations, those of
    bytes for the first model and those of letters for the second at once. A place is the upper bits of a product; the
    table keeps the lower ones, which tell the n-gram as well (quotienting, Cleary 1984), and its row in one number.

    The first is py3langid's: features found in the bytes of a text, scores by multinomial naive Bayes. Its automaton
    (Aho and Corasick 1975) is always in the state of the longest n-gram it has that ends at a byte; here that state is
    looked up, which needs a tenth of the memory of the automaton's moves. The second are log probabilities of a letter,
    or the end of a word, after up to four signs.
    """

    def __init__(self, script: str, arrays: cache.Arrays) -> None:
        names = spoken()
        table = script if script in names else "bytes"
        self._places = arrays[f"places.{table}"]
        self._bits = np.uint64(len(self._places).bit_length() - 1)
        self._last_row = np.uint64(len(self._places) - 1)
        # The first model's n-grams of six bytes are all Chinese or Japanese.
        longest = ORDERS if table == script else int(arrays["longest"][0])
        self._ends = np.array([[(1 << 8 * order) - 1] for order in range(1, longest + 1)], np.uint64)
        self._out, self._bayes, self._prior = arrays["out"], arrays[f"bayes.{script}"], arrays[f"prior.{script}"]
        self._starts = np.array(frame(script, names.get(script, ())).starts)
        self._letters, self._grams = arrays.get(f"letters.{script}"), arrays.get(f"table.{script}")

    def _found(self, signs: bytes, letters: bytes = b"") -> Any:
        """Return for each sign the row of the longest n-gram that ends with it, -1 where there is none.

        Seven more stand between the two. The sign 0 is in no n-gram.
        """
        both = b"".join((_PADDING, signs, _PADDING, letters)) if letters else _PADDING + signs
        # Each sign with the seven before it as one number, of which an n-gram is the end. "\0ab" has the number of
        # "ab", and "a\0b" that of no n-gram.
        grams = np.ndarray(len(both) - 7, ">u8", both, 0, (1,)).astype(np.uint64) & self._ends
        if letters:
            grams[:, len(signs) + 7 :] |= _LETTERS
        hashes = grams * _FACTORS
        found = self._places.take((hashes >> _WORD - self._bits).view(np.int64))
        hashes <<= self._bits
        # Leaves nothing but the row where the n-gram is the one that stands there. Some other number fits too, under
        # the other factor or in an empty place; in these models none of them is an n-gram of a text.
        found ^= hashes
        # Longer n-grams have higher rows, which are counted down from the last: the lowest is the longest.
        lowest = found.reshape(-1, grams.shape[1]).min(0)
        return (self._last_row - np.minimum(lowest, self._last_row + _ONE)).view(np.int64)

    def features(self, text: str) -> Any:
        """Return the first model's features of a text, one for each place where one ends, sorted."""
        return self._sorted(self._found(_encoded(text)))

    def _sorted(self, rows: Any) -> Any:
        found = self._out.take(rows)
        found.sort()
        return found[int(found.searchsorted(0)) :]

    def columns(self, features: Any) -> Any:
        """Return the first model's score of each column of the frame, then the text's fit, in units of 1 / UNITS."""
        if not len(features):
            return self._prior
        is_last = np.empty(len(features), bool)
        is_last[-1] = True
        np.not_equal(features[1:], features[:-1], out=is_last[:-1])
        last = is_last.nonzero()[0]
        counts = last.copy()
        counts[0] += 1
        counts[1:] -= last[:-1]
        weights = _weights(int(counts.max())).take(counts)
        return weights @ self._bayes.take(features.take(last), 0) + self._prior

    def bayes(self, features: Any) -> Any:
        """Return the first model's score of each language that it has, in nats, then the text's fit."""
        return np.maximum.reduceat(self.columns(features), self._starts) / UNITS

    def scores(self, text: str) -> tuple[Any, Any, int]:
        """Return the scores of both models, each with the text's fit behind, and how many letters the second knows.

        Those of the second are None where the script has no table of letters.
        """
        signs = _encoded(text)
        if self._letters is None or self._grams is None:
            return self.bayes(self._sorted(self._found(signs))), None, 0
        codes = np.frombuffer(f" {text.lower()} ".encode("utf-32-le", "surrogatepass"), np.uint32)
        letters = self._letters.take(codes, mode="clip").tobytes()
        found = self._found(signs, letters)
        rows = found[len(signs) + 7 :]
        rows = rows[rows > 0]  # the first is a space alone, which says nothing
        # Whole numbers below 2**24, so exact; a product is a few times as fast as a sum of columns.
        grams = np.full(len(rows), -1 / STEPS, np.float32) @ self._grams.take(rows, 0)
        known = len(letters) - letters.count(_SPACE)
        return self.bayes(self._sorted(found[: len(signs)])), grams.astype(np.float64), known


def _encoded(text: str) -> bytes:
    """Return the bytes that the first model sees."""
    if text.isascii():
        return text.lower().encode() if text.isupper() else text.encode()
    text = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
    return text.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=32)
def _weights(highest: int) -> Any:
    size = max(64, 1 << (highest + 1).bit_length())
    return np.rint(np.log1p(np.arange(size)) * WEIGHT)


def _cuckoo(kinds: list[Any]) -> Any:
    """Return a table of n-grams, each in one of its two places with its number within its kind."""
    keys, numbers = np.concatenate(kinds), np.concatenate([np.arange(len(kind), dtype=np.uint64) for kind in kinds])
    bits = (2 * len(keys)).bit_length()
    hashes = keys * _FACTORS[:, 0]
    places = (hashes >> np.uint64(64 - bits)).astype(np.intp)
    taken = np.full(1 << bits, -1, np.int32)
    second = np.zeros(len(keys), np.intp)
    moving = np.arange(len(keys))
    for _ in range(1000):
        if not len(moving):
            at = (taken >= 0).nonzero()[0]
            table = np.full(1 << bits, ~np.uint64(0))  # an empty place fits no n-gram
            held = taken[at]
            rows = np.uint64((1 << bits) - 1) - numbers[held]
            table[at] = hashes[second[held], held] << np.uint64(bits) | rows
            return table
        place = places[second[moving], moving]
        before = taken[place]
        taken[place] = moving  # of several the last
        moving = np.union1d(before[before >= 0], moving[taken[place] != moving])
        second[moving] ^= 1
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


@lru_cache(maxsize=8)
def reader(script: str) -> Reader:
    """Return what reads a text in a script, its arrays from the cache where they are there."""
    return Reader(script, _arrays())


@lru_cache(maxsize=1)
def spoken() -> dict[str, tuple[str, ...]]:
    """Return the names of the languages of each n-gram table, in the order of the file."""
    return _names(_arrays()["head"].tobytes())


def _names(head: bytes) -> dict[str, tuple[str, ...]]:
    return {table["script"]: tuple(table["languages"]) for table in json.loads(head)["tables"]}


@lru_cache(maxsize=1)
def _arrays() -> cache.Arrays:
    def build() -> dict[str, Any]:
        tables, keys = _unpack_ngrams()
        return {**tables, **_unpack_bayes(_names(tables["head"].tobytes()), keys)}

    return cache.arrays(f"language-{digest()}.bin", build)


def _unpack_bayes(names: dict[str, tuple[str, ...]], letters: dict[str, Any]) -> dict[str, Any]:
    import io

    with lzma.open(model_file()) as packed, np.load(io.BytesIO(packed.read()), allow_pickle=False) as data:
        table = np.rint(data["ptc"].astype(np.float32) * SCALE).astype(np.int16)
        prior = np.rint(data["pc"].astype(np.float64) * UNITS)
        grams, lengths = _states(data["nextmove"].reshape(-1, 256), data["nextmove_row"].astype(np.intp))
        order = np.lexsort((grams, lengths))[1:]  # shorter ones first; the beginning, of length 0, is looked up as -1
        out = data["out_feat"].astype(np.int32)
        arrays = {"longest": lengths.max(keepdims=True), "out": out[[*order, 0]]}
        for name, keys in {"bytes": np.zeros(0, np.uint64), **letters}.items():
            arrays[f"places.{name}"] = _cuckoo([grams[order], keys | _LETTERS])
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


def _unpack_ngrams() -> tuple[dict[str, Any], dict[str, Any]]:
    head, _, rest = lzma.decompress(NGRAMS.read_bytes()).partition(b"\n")
    told = json.loads(head)
    arrays: dict[str, Any] = {"head": np.frombuffer(head, np.uint8)}
    keys: dict[str, Any] = {}
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
        alphabet = sorted(set("".join(words)))  # the space is the first
        number = {letter: at for at, letter in enumerate(alphabet, start=_SPACE)}
        letters = np.full(ord(alphabet[-1]) + 2, _SPACE, np.uint8)
        letters[[ord(letter) for letter in alphabet]] = range(_SPACE, len(alphabet) + _SPACE)
        name = table["script"]
        arrays[f"letters.{name}"] = letters
        keys[name] = np.array(
            [sum(number[c] << 8 * k for k, c in enumerate(reversed(word))) for word in words], np.uint64
        )
        # Sixteenths of a nat are fine enough for the mean.
        steps = steps * (STEPS // told["steps"])
        columns = list(frame(name, tuple(table["languages"])).spoken)
        # Less than 256 sixteenths below 0; in one byte each, since most of the time goes into fetching rows.
        arrays[f"table.{name}"] = (-_with_fit(steps[:, columns], STEPS)).astype(np.uint8)
    return arrays, keys
