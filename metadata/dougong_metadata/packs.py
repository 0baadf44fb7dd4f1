"""Packs: folders of documents with a name and a version, shipped with the product or a tenant's own. Used by the
engine's releases and the command line; `merging` upgrades one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from dougong_metadata.documents import Document, Source
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.folders import read_folder, read_text_file
from dougong_metadata.keys import Body, LabelText, ListOf, Name, Text, about, made
from dougong_metadata.kinds.schema_problems import load_body
from dougong_metadata.label import Label
from dougong_metadata.problems import Problem, Problems, unknown
from dougong_metadata.yaml_reading import read_yaml

FILE = "pack.yaml"


class PackKeys(Body):
    """What pack.yaml says."""

    name = Name(required=True, metadata=about("Name", "名称"))
    version = Text(
        40,
        r"[0-9]+\.[0-9]+\.[0-9]+(?:[-+.][0-9A-Za-z.-]+)?\Z",
        "1.0.0",
        required=True,
        metadata=about("Version", "版本"),
    )
    label = LabelText(metadata=about("Label", "标签"))
    description = LabelText(2_000, metadata=about("Description", "说明"))
    requires = ListOf(
        Name(),
        50,
        load_default=list,
        metadata=about("Requires", "依赖", "Packs to be installed before.", "需先安装的包。"),
    )


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as read: its documents in the order of their paths, and where its folder is (for its demo data)."""

    name: str
    version: str
    label: Label
    description: Label | None
    requires: tuple[str, ...]
    documents: tuple[Document, ...]
    folder: Path


def pack_names() -> list[str]:
    """The packs shipped with the product."""
    return sorted(
        entry.name for entry in files("dougong_metadata").joinpath("packs").iterdir() if (entry / FILE).is_file()
    )


def load_pack(name: str) -> Pack:
    """A pack shipped with the product. Raises UnknownName, InvalidDocuments."""
    if name not in pack_names():
        raise unknown(name, "a pack", "元数据包", pack_names())
    with as_file(files("dougong_metadata").joinpath("packs", name)) as folder:
        return read_pack(folder)


def read_pack(folder: Path) -> Pack:
    """A pack in any folder. Raises InvalidDocuments with every problem of pack.yaml and of the documents."""
    problems: list[Problem] = []
    body: Mapping[str, Any] = {}
    documents: list[Document] = []
    try:
        body = _read_head(folder)
    except InvalidDocuments as fault:
        problems.extend(fault.problems)
    try:
        documents = read_folder(folder)
    except InvalidDocuments as fault:
        problems.extend(fault.problems)
    if problems:
        raise InvalidDocuments(problems)
    description = Label.of(body["description"], body["name"]) if body.get("description") else None
    return Pack(
        body["name"],
        body["version"],
        Label.of(body.get("label"), body["name"]),
        description,
        tuple(body["requires"]),
        tuple(documents),
        folder,
    )


def _read_head(folder: Path) -> Mapping[str, Any]:
    parsed = read_yaml(read_text_file(folder / FILE, FILE), FILE)
    if len(parsed) != 1 or not isinstance(parsed[0].value, Mapping):
        raise InvalidDocuments(
            [Problem("not_a_mapping", f"{FILE} holds one mapping.", f"{FILE} 应为一个映射。", FILE, 1)]
        )
    head = Document("pack", folder.name, parsed[0].value, Source(FILE, parsed[0].lines))
    problems = Problems()
    body = load_body(made(PackKeys), head, problems)
    if problems:
        raise InvalidDocuments(problems.sorted())
    return body
