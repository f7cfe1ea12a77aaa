"""Scripts written without spaces, whose words nobody can tell by looking for gaps."""

from __future__ import annotations

#: Thai, Lao, Burmese, Khmer, Japanese, Chinese: a range of characters for a regular expression, without its brackets.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
