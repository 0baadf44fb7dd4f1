"""`python -m dougong_metadata.pictures FOLDER [PAGE]`: a picture of every flow of the packs that come with the product,
in both languages (FOLDER/flow-en.svg, FOLDER/flow-zh.svg), and the page that shows them. A test holds the committed
ones equal to what this writes."""

from __future__ import annotations

import sys
from pathlib import Path

from dougong_metadata.pictures.pages import page, pictures


def main(folder: Path, about: Path | None = None) -> None:
    """Writes the pictures and, if it is named, the page."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pictures().items():
        (folder / name).write_text(text, encoding="utf-8")
    if about is not None:
        about.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
