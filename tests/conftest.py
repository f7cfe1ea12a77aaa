"""Settings for all tests. The fake third-party distribution is put on the path by the pytest configuration."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from strategies import FAKES

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.load_profile("default")

# A shell starts background jobs with Ctrl-C ignored, and what a test starts and interrupts would inherit that.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def acme() -> Path:
    """Return the folder in which the distribution `acme-stages` is installed: a path for other processes."""
    return FAKES
