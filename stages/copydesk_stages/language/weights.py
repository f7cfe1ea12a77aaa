"""What decides a language, as files, and a digest of it. Nothing here loads a model."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from copydesk import ConfigError

_HERE = Path(__file__).parent
NGRAMS, LEXICON, CALIBRATION = (_HERE / name for name in ("ngrams.xz", "kin.toml", "calibration.toml"))


def model_file() -> Path:
    """Return the path of py3langid's model; ConfigError where it is not installed."""
    spec = find_spec("py3langid")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / "data" / "model.npz.xz"
        if path.is_file():
            return path
    raise ConfigError(
        'language.backend = "py3langid": its model is not installed; run `pip install "py3langid>=0.4,<0.5"`'
    )


@lru_cache(maxsize=1)
def own_digest() -> str:
    """Return a digest of the default's models, word lists and fitted numbers, 12 hexadecimal digits."""
    parts = (model_file(), NGRAMS, LEXICON, CALIBRATION)
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:12]


@lru_cache(maxsize=8)
def digest_of(name: str) -> str:
    """Return a digest of the files that a distribution has installed, models among them; "" where none are listed.

    It is of the digests that the installer noted (RECORD, PEP 376), so nothing is read however large the models are.
    """
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return ""
    noted = sorted(f"{file} {file.hash.value}" for file in files if file.hash and ".dist-info" not in str(file))
    return hashlib.sha256("\n".join(noted).encode()).hexdigest()[:12] if noted else ""
