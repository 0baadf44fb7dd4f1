"""The source files of the four packages, for tests that read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    ROOT / "metadata" / "dougong_metadata",
    ROOT / "tenants" / "dougong_tenants",
    ROOT / "platform" / "dougong_platform",
    ROOT / "ui_builder" / "dougong_ui_builder",
)
# Built or fetched, not written by us.
NOT_OURS = {"__pycache__", "node_modules", "static", "static.new"}
# What we write for the browser lives beside its package.
BROWSER = (ROOT / "ui_builder" / "islands", ROOT / "ui_builder" / "assets")


def sources(*endings: str, browser: bool = False) -> Iterator[Path]:
    """Files of the four packages with one of the endings; those for the browser too if asked."""
    for folder in (*PACKAGES, *(BROWSER if browser else ())):
        for path in sorted(folder.rglob("*")):
            if path.suffix in endings and path.is_file() and not NOT_OURS & set(path.relative_to(ROOT).parts):
                yield path


def shown(path: Path) -> str:
    """The path as people say it."""
    return str(path.relative_to(ROOT))
