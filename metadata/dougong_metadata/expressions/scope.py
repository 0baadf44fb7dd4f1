"""Where an expression stands: which object's fields it sees and what it may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from dougong_metadata.expressions.calendars import EVERY_WEEK, WorkingDays
from dougong_metadata.expressions.types import Type

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, Model

Mode = Literal["condition", "value", "aggregate"]


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of how an object's records were: whether it keeps `history`, and the fields along which their stays
    are kept (those with a pipeline)."""

    history: bool = True
    staged: frozenset[str] = frozenset()


def _no_links(object: str) -> Sequence[FieldModel]:
    return ()


@dataclass(frozen=True, slots=True)
class Scope:
    """`lookup(object)` gives an object's fields by name (KeyError: no such object): a function, because expressions
    are checked while the model is still being compiled, and so that a caller's rights can hide fields.

    Modes: a condition is true or false; a value is anything (see `check`'s `expected`); an aggregate is made
    of SUM(…), COUNT() and the like. `saving`: prior(), changed() and ISNEW() are there. `names` are further
    names by their dotted text, seen before the fields (the aggregates and groups that a `having` speaks of).
    `links(object)` gives the fields of other objects, and of the same, that point to it: its relations. `calendar` is
    what WORKDAYS() and its like count by. `past(object)` is there for filters and reports, which may ask how records
    were (STOOD() and its like). `spanned`: of values of reports that have a period, which may ask what lies in it.
    """

    lookup: Callable[[str], Mapping[str, FieldModel]]
    object: str
    mode: Mode = "condition"
    saving: bool = False
    names: Mapping[str, Type] = field(default_factory=dict)
    links: Callable[[str], Sequence[FieldModel]] = _no_links
    calendar: WorkingDays = EVERY_WEEK
    past: Callable[[str], Past] | None = None
    spanned: bool = False

    @classmethod
    def of(
        cls,
        model: Model,
        object: str,
        mode: Mode = "condition",
        *,
        saving: bool = False,
        past: bool = False,
        spanned: bool = False,
    ) -> Scope:
        """The scope of `object` in a compiled model; `past`: of a filter or a report; `spanned`: of a value of one."""
        return cls(
            lambda name: model.objects[name].fields,
            object,
            mode,
            saving,
            links=lambda name: model.objects[name].referrers,
            calendar=model.working_days,
            past=past_of(model) if past else None,
            spanned=spanned,
        )

    def relations(self, object: str) -> Mapping[str, FieldModel]:
        """What expressions call the records that point to `object`, with the link by which they do: the `relation` of
        the link (of `owner` "owned_" and the object), or their object's name where just one of its own fields points
        here."""
        links = self._pointing(object)
        named = {link.relation: link for link in links if link.relation is not None}
        own = [link for link in links if not link.system]
        of = [link.object for link in own]
        return {link.object: link for link in own if of.count(link.object) == 1} | named

    def unclear(self, object: str) -> frozenset[str]:
        """Names of objects of which several fields point to `object`, so that the name alone says too little."""
        of = [link.object for link in self._pointing(object) if not link.system]
        return frozenset(name for name in of if of.count(name) > 1) - self.relations(object).keys()

    def _pointing(self, object: str) -> Sequence[FieldModel]:
        try:
            return self.links(object)
        except KeyError:
            return ()


def past_of(model: Model) -> Callable[[str], Past]:
    """What is known of the past of each object of a model."""

    def known(object: str) -> Past:
        found = model.objects[object]
        return Past(found.history, frozenset(pipeline.field for pipeline in found.pipelines))

    return known
