"""The metadata reference is what the kinds and field types say, and its examples are right."""

from __future__ import annotations

import re
from pathlib import Path

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.field_types import offered
from dougong_metadata.kinds import registered
from dougong_metadata.model.compile import compile_model
from dougong_metadata.reference import render

PAGE = Path(__file__).parents[2] / "docs" / "metadata-reference.md"


def test_the_page_is_what_the_generator_writes() -> None:
    assert PAGE.read_text("utf-8") == render(), "run: python -m dougong_metadata.reference docs/metadata-reference.md"


def test_every_kind_and_field_type_has_its_heading() -> None:
    headings = set(re.findall(r"^### (\w+)", PAGE.read_text("utf-8"), re.MULTILINE))
    assert headings >= {*registered(), *offered()}


def test_its_examples_compile() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert examples
    shelf = Document("object", "shelf", {"name_field": "name", "fields": {"name": {"type": "text"}}})
    for text in examples:
        compile_model([*read_documents(text), shelf])
