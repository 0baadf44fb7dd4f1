"""What the text of a write statement depends on; all else travels as parameters."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from dougong_metadata.model.types import Model, ObjectModel
from dougong_platform.access.rights import Rights
from dougong_platform.http.caller import Caller
from dougong_platform.records.before import set_before
from dougong_platform.records.load import Batch
from dougong_platform.search.words import searched_fields
from dougong_platform.storage.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of batch. `given` are fields that rows give, `mixed` those that only some rows give; `many` = more than
    one row; `flawed` = some rows are refused already; `documents` = search words come with the rows."""

    model: Model
    catalogue: Catalogue
    rights: Rights
    object: ObjectModel
    given: tuple[str, ...]
    mixed: frozenset[str]
    many: bool
    flawed: bool
    documents: bool

    @property
    def key(self) -> Hashable:
        """Equal where the statement's text is equal."""
        return (
            self.model.hash,
            self.catalogue.key,
            self.rights.shape,
            self.object.name,
            self.given,
            self.mixed,
            self.many,
            self.flawed,
            self.documents,
        )

    @property
    def late_search(self) -> bool:
        """Whether search words need values that only the database knows (defaults, numbers)."""
        return not self.documents


def shape_of(caller: Caller, batch: Batch, *, documents: bool) -> Shape:
    """The shape of this batch for this caller."""
    return Shape(
        caller.model,
        caller.release.catalogue,
        caller.rights,
        batch.object,
        tuple(batch.wires),
        frozenset(batch.gave),
        batch.count > 1,
        bool(batch.errors),
        documents,
    )


def known_here(batch: Batch) -> bool:
    """Whether a new record's search words can be made before the database has seen it."""
    by_itself = set_before(batch.object, creating=True)
    return all(
        (f.name in batch.wires if f.default is not None else f.type.name != "auto_number") and f.name not in by_itself
        for f in searched_fields(batch.object)
    ) and not any(f.name in batch.gave and f.default is not None for f in searched_fields(batch.object))
