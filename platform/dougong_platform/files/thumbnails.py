"""Small pictures of images, made once at the upload. Hostile images are measured before they are unpacked."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 480  # pixels
MOST_PIXELS = 60_000_000  # of an image that is unpacked at all
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
_FAULTS = (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError, struct.error, zlib.error)


def draw(source: Path, target: Path) -> tuple[int | None, int | None, bool] | None:
    """(width, height, whether a thumbnail was written) of an image; None if it is none or is broken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MOST_PIXELS is lower than Pillow's bound
            with Image.open(source, formats=_FORMATS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    return width, height, False
                image.draft("RGB", (SIDE * 2, SIDE * 2))  # JPEG: unpacked at a fraction of its size
                small = ImageOps.exif_transpose(image)
                small.thumbnail((SIDE, SIDE))
                small = small.convert("RGBA" if "A" in small.getbands() or "transparency" in image.info else "RGB")
                small.save(target, "WEBP", quality=80)
                return width, height, True
    except Image.DecompressionBombError:
        return None, None, False
    except _FAULTS:
        target.unlink(missing_ok=True)
        return None
