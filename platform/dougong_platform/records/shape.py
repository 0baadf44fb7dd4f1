"""What a compiled write statement depends on, and the cache of such statements. All else travels as parameters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from dougong_metadata.model.types import Model, ObjectModel
from dougong_platform.access.rights import Rights
from dougong_platform.http.caller import Caller
from dougong_platform.records.load import Batch
from dougong_platform.search.words import searched_fields
from dougong_platform.storage.catalogue import Catalogue

Made = TypeVar("Made")


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
        return (self.model.hash, self.catalogue.key, self.rights.shape, self.object.name, self.given, self.mixed,
                self.many, self.flawed, self.documents)

    @property
    def late_search(self) -> bool:
        """Whether search words need values that only the database knows (defaults, numbers)."""
        return not self.documents


def shape_of(caller: Caller, batch: Batch, *, documents: bool) -> Shape:
    """The shape of this batch for this caller."""
    return Shape(caller.model, caller.release.catalogue, caller.rights, batch.object, tuple(batch.wires),
                 frozenset(batch.gave), batch.count > 1, bool(batch.errors), documents)


def known_here(batch: Batch) -> bool:
    """Whether a new record's search words can be made before the database has seen it."""
    return all(f.name in batch.wires if f.default is not None else f.type.name != "auto_number"
               for f in searched_fields(batch.object)) and not any(
                   f.name in batch.gave and f.default is not None for f in searched_fields(batch.object))


_MADE: OrderedDict[Hashable, Any] = OrderedDict()
_LOCK = Lock()
_KEPT = 3000


def cached(key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` returns, made once per key as long as it stays among the last few thousand."""
    with _LOCK:
        found = _MADE.get(key)
        if found is not None:
            _MADE.move_to_end(key)
            return found  # type: ignore[no-any-return]  # a key always holds what its own `make` returned
    found = make()
    with _LOCK:
        _MADE[key] = found
        if len(_MADE) > _KEPT:
            _MADE.popitem(last=False)
    return found
