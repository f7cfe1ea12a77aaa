"""The gate of the stage `reorder`: what is worked out from sums is what a look at the rest would show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk_stages.reorder.gate import Given, features, features_without


@st.composite
def looks(draw: st.DrawFn) -> Given:
    """What the gate sees of five to twelve paragraphs, all alike or far apart."""
    n = draw(st.integers(5, 12))
    most = draw(st.sampled_from([0, 3, 3000, 900_000]))
    row = st.lists(st.integers(-most, most), min_size=n, max_size=n)
    ahead = st.lists(st.integers(0, most), min_size=n, max_size=n)
    shares = st.floats(0, 1) if draw(st.booleans()) else st.sampled_from([0.0, 0.5])
    likeness = {
        name: [draw(st.lists(shares, min_size=i, max_size=i)) for i in range(n)] for name in ("words", "rare", "quoted")
    }
    return Given(draw(row), draw(row), draw(row), [draw(ahead) for _ in range(n)], likeness, draw(st.booleans()))


@settings(deadline=None)
@given(looks())
def test_features_without_each_are_those_of_the_rest(seen: Given) -> None:
    found = features_without(seen)
    assert len(found) == len(seen.place)
    for index, without in enumerate(found):
        assert without == pytest.approx(features(seen.without(index)), rel=1e-6, abs=1e-6)
        assert list(without) == list(features(seen))
