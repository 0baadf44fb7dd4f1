"""Icons and avatars as markup. Called by the component templates and by Python that builds table cells."""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32

from markupsafe import Markup, escape

from dougong_ui_builder.assets import asset_url, manifest

UNKNOWN_ICON = "square-rounded"  # metadata may name any Tabler icon; one outside the sprite shows as this
AVATAR_COLOURS = 6
_HAN = re.compile(r"[㐀-鿿豈-﫿]")


def icon(name: str, classes: str = "", label: str | None = None) -> Markup:
    """An icon of the sprite, as large as the text around asks; hidden from screen readers unless it has a `label`."""
    if name not in manifest()["icon_set"]:
        name = UNKNOWN_ICON
    heard = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="dg-icon {}" {}><use href="{}#{}"/></svg>').format(
        classes, heard, asset_url("icons.svg"), name
    )


def initials(name: str, letters: int = 2) -> str:
    """What stands in an avatar: the last two Han characters (林晓雯 → 晓雯), else initials of first and last word."""
    han = _HAN.findall(name)
    if han:
        return "".join(han[-letters:])
    words = re.findall(r"[^\W\d_]+", name) or re.findall(r"\w+", name)
    taken = words[:1] + words[-1:] if len(words) > 1 else words[:1]
    return "".join(w[0] for w in taken).upper()[:2]


@lru_cache(maxsize=2000)
def avatar_colour(name: str) -> int:
    """1 to 6, always the same for the same name."""
    return crc32(name.encode("utf-8", "replace")) % AVATAR_COLOURS + 1


def avatar(name: str, size: str = "", square: bool = False, src: str | None = None) -> Markup:
    """`size` "" (20 px, one character), "medium" (28) or "large" (36); round for people, square for organisations."""
    classes = " ".join(c for c in (f"dg-{size}" if size else "", "dg-square" if square else "") if c)
    inside = Markup('<img src="{}" alt="">').format(src) if src else escape(initials(name, 2 if size else 1))
    return Markup('<span class="dg-avatar {}" data-c="{}" aria-hidden="true">{}</span>').format(
        classes, avatar_colour(name), inside
    )


_FILE_ICONS = {
    "pdf": "file-type-pdf",
    "xls": "file-spreadsheet",
    "xlsx": "file-spreadsheet",
    "csv": "file-type-csv",
    "zip": "file-zip",
    "jpg": "photo",
    "jpeg": "photo",
    "png": "photo",
    "webp": "photo",
    "gif": "photo",
}


def file_icon(name: str) -> str:
    """The icon's name for a file by its ending."""
    return _FILE_ICONS.get(name.rpartition(".")[2].lower(), "file-text")
