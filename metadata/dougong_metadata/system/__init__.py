"""The objects that every tenant has: users, departments and teams, described as documents, kept by `tenants`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from dougong_metadata.documents import Document, read_documents

NAMES = ("user", "department", "team")


@cache
def system_documents() -> tuple[Document, ...]:
    """The documents of the system objects; the compiler puts them into every model."""
    folder = files("dougong_metadata.system")
    return tuple(
        document
        for name in NAMES
        for document in read_documents((folder / f"{name}.yaml").read_text("utf-8"), f"system/{name}.yaml")
    )
