"""The suite says the same on a slow or busy machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def test_examples_have_no_deadline() -> None:
    """A fifth of a second, which is usual, passes while another process has its turn."""
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
