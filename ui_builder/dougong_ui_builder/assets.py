"""Stylesheet, JavaScript, icons and font: their content-hashed addresses, and the endpoint that serves them for ever.

Built by ui_builder/assets/build.mjs into static/ together with manifest.json; templates ask `asset_url("style.css")`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, request, send_from_directory

from dougong_ui_builder.errors import AssetsMissing

FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"  # names carry the hash of their content
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

blueprint = Blueprint("assets", __name__)


def manifest() -> dict[str, Any]:
    """{"files": {name: hashed name}, "icons": [names], "strings": [msgids of the islands], "preload": [names]}."""
    path = FOLDER / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AssetsMissing(path=FOLDER) from None


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    read["icon_set"] = frozenset(read["icons"])
    return read


def asset_url(name: str) -> str:
    """The address of an asset by its plain name (style.css, main.js, icons.svg, inter.woff2, mark.svg)."""
    return f"/assets/{manifest()['files'][name]}"


@blueprint.get("/assets/<name>")
def serve(name: str) -> Response:
    """One built file, precompressed where the browser takes it."""
    if name == "manifest.json" or name.startswith(".") or name.endswith((".br", ".gz", ".mjs")):
        abort(404)
    for encoding, ending in ENCODINGS:
        if request.accept_encodings[encoding] and (FOLDER / (name + ending)).is_file():
            response = send_from_directory(FOLDER, name + ending, mimetype=_mime(name), etag=False, conditional=False)
            response.headers["Content-Encoding"] = encoding
            break
    else:
        response = send_from_directory(FOLDER, name, mimetype=_mime(name))
    response.headers["Cache-Control"] = FOREVER
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _mime(name: str) -> str | None:
    # not left to the machine's mime table: a module served as text/plain does not run
    return {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}.get(
        Path(name).suffix
    )
