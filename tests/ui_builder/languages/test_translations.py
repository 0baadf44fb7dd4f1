"""Every word of the screens exists in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import dougong_ui_builder
from dougong_ui_builder.languages import FOLDER, merged_catalog

PACKAGE = Path(dougong_ui_builder.__file__).parent
ISLANDS = PACKAGE.parent / "islands"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
JINJA = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}}
PLACES = re.compile(r"%\((\w+)\)|\{(\w+)\}")


def used() -> Iterator[tuple[str, str]]:
    """(file, msgid) of every text in Python, templates and TypeScript."""
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    for file, _line, text, _comments, _context in extract_from_dir(PACKAGE, methods, JINJA, keywords=KEYWORDS):
        yield file, text if isinstance(text, str) else text[0]
    for path in ISLANDS.glob("*.ts"):
        if not path.name.endswith(".test.ts"):
            for text in re.findall(r'\bt\(\s*"((?:[^"\\]|\\.)*)"', path.read_text("utf-8")):
                yield path.name, json.loads(f'"{text}"')


@pytest.fixture(scope="module")
def chinese_catalog() -> Catalog:
    return merged_catalog("zh")


def test_every_text_of_the_screens_has_a_chinese_translation(chinese_catalog: Catalog) -> None:
    missing = {
        f"{file}: {text}" for file, text in used() if text not in chinese_catalog or not chinese_catalog[text].string
    }
    assert not missing, "\n".join(sorted(missing))


def test_a_translation_fills_the_same_places_as_its_text() -> None:
    for path in sorted((FOLDER / "zh").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh"):
                texts = message.id if isinstance(message.id, tuple) else (message.id,)
                places = {found for text in texts for found in PLACES.findall(text)}
                strings = message.string if isinstance(message.string, tuple) else (message.string,)
                for string in strings:
                    assert set(PLACES.findall(string)) <= places, f"{path.name}: {string}"


def test_the_page_speaks_the_language_of_the_browser_until_one_is_chosen(visitor: FlaskClient) -> None:
    assert 'lang="zh-CN"' in visitor.get("/ui/gallery", headers={"Accept-Language": "zh-TW,zh"}).text
    assert 'lang="en"' in visitor.get("/ui/gallery", headers={"Accept-Language": "fr,en;q=0.5"}).text
    visitor.set_cookie("dg_locale", "zh")
    page = visitor.get("/ui/gallery", headers={"Accept-Language": "en"}).text
    assert "撤销" in page
    assert '"Undo": "撤销"' in page  # the islands' words
