"""Builds the browser's assets into the wheel. Hatchling calls this; an editable install leaves it to `make setup`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserAssets(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's generic has no public parameter
    """Runs ui_builder/build_assets.py before a wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling once per wheel; `version` is "editable" for a development install."""
        builder = Path(self.root, "ui_builder", "build_assets.py")
        if version != "editable" and builder.exists():
            subprocess.run([sys.executable, str(builder)], check=True)
