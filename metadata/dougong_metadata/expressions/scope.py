"""Where an expression stands: which object's fields it sees and what it may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from dougong_metadata.expressions.types import Type

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, Model

Mode = Literal["condition", "value", "aggregate"]


@dataclass(frozen=True, slots=True)
class Scope:
    """`lookup(object)` gives an object's fields by name (KeyError: no such object): a function, because expressions
    are checked while the model is still being compiled, and so that a caller's rights can hide fields.

    Modes: a condition is true or false; a value is anything (see `check`'s `expected`); an aggregate is made
    of SUM(…), COUNT() and the like. `saving`: prior(), changed() and ISNEW() are there. `names` are further
    names by their dotted text, seen before the fields (the aggregates and groups that a `having` speaks of).
    """

    lookup: Callable[[str], Mapping[str, FieldModel]]
    object: str
    mode: Mode = "condition"
    saving: bool = False
    names: Mapping[str, Type] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model, object: str, mode: Mode = "condition", *, saving: bool = False) -> Scope:
        """The scope of `object` in a compiled model."""
        return cls(lambda name: model.objects[name].fields, object, mode, saving)
