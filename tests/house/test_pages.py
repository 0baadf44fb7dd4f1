"""The pages of docs/ and their neighbours: links lead on, commands are described, the guide's documents compile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import house
from dougong_metadata.documents import read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform.cli.registry import COMMANDS

DOCS = house.ROOT / "docs"
PAGES = [*sorted(house.ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=house.shown)
def test_links_go_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    assert not [link for link in _LINK.findall(text) if not (page.parent / link).exists()]


def test_every_command_is_described() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    assert not [name for name in COMMANDS if not re.search(rf"\bdougong {name}\b", text)]


def test_every_decision_is_listed() -> None:
    listed = set(_LINK.findall((DOCS / "decisions" / "README.md").read_text()))
    assert listed == {page.name for page in (DOCS / "decisions").glob("*.md")} - {"README.md"}


def test_the_documents_of_the_guide_compile_together() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "metadata.md").read_text(), flags=re.DOTALL)
    documents = [document for block in blocks for document in read_documents(block)]
    model = compile_model(documents)
    assert {document.kind for document in documents} == {
        "object",
        "layout",
        "list_view",
        "app",
        "validation",
        "permission_set",
        "sharing",
        "calendar",
        "approval",
        "report",
        "dashboard",
    }
    assert model.objects["book"].fields["due"].visible_when is not None
