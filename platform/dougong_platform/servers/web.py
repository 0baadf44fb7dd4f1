"""What granian's workers import: the composed application, from the settings in their environment."""

from __future__ import annotations

from flask import Flask

from dougong_platform.settings import Settings


def application() -> Flask:
    """Called once in every web worker process."""
    from dougong_platform.app import create_app

    return create_app(Settings.from_environment())
