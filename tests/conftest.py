"""Settings for all tests. The fake third-party distribution is put on the path by the pytest configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from strategies import FAKES

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.load_profile("default")


@pytest.fixture(scope="session")
def acme() -> Path:
    """Return the folder in which the distribution `acme-stages` is installed: a path for other processes."""
    return FAKES
