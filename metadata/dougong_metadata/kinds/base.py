"""What a kind of document is. One file per kind implements this; the registry collects them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from dougong_metadata.keys import Body, made
from dougong_metadata.kinds.walking import Found, walk

if TYPE_CHECKING:
    from dougong_metadata.documents import Document
    from dougong_metadata.problems import Problems


class Kind:
    """A kind of document. Stateless: one instance per process.

    `schema` says which keys a body has; whatever in it refers to something else is a `Reference` or an `Expression`
    key, so that references are found without code. `check` is for what a schema cannot say about one document alone.
    """

    name: ClassVar[str]
    folder: ClassVar[str]  # the plural: where its files lie
    label: ClassVar[Mapping[str, str]]
    plural: ClassVar[Mapping[str, str]]
    help: ClassVar[Mapping[str, str]]
    icon: ClassVar[str]  # a Tabler icon's name
    schema: ClassVar[type[Body]]

    def scope(self, name: str, body: Mapping[str, Any]) -> str | None:
        """The object whose fields plain names and expressions in this document mean."""
        found = body.get("object")
        return found if isinstance(found, str) else None

    def references(self, name: str, body: Mapping[str, Any]) -> Iterator[Found]:
        """Every reference and expression in a loaded body."""
        return walk(made(self.schema), body, (), self.scope(name, body))

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """Adds the problems that the schema cannot see. `body` is loaded, and may lack keys that had problems."""
