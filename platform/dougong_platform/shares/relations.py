"""Along which lookups a share can be extended: those that point to the object and say `follows_shares`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel
from dougong_platform.http.caller import Caller
from dougong_platform.query.visible import followers


@dataclass(frozen=True, slots=True)
class Relation:
    """`name` is "page.book"; `label` says in words which records come along."""

    name: str
    object: str
    label: Label


def relations_of(caller: Caller, object: str) -> tuple[Relation, ...]:
    """The relations to `object` that the caller may know: he reads the objects they come from, and their lookups."""
    links = followers(caller.rights, object)
    return tuple(Relation(f"{link.object}.{link.name}", link.object, _label(caller, link, links)) for link in links)


def _label(caller: Caller, link: FieldModel, links: Sequence[FieldModel]) -> Label:
    """The plural of the object; with the lookup's label where the object points here twice."""
    plural = caller.model.objects[link.object].plural
    if sum(one.object == link.object for one in links) == 1:
        return plural
    return Label(f"{plural.text('en')} ({link.label.text('en')})", f"{plural.text('zh')}（{link.label.text('zh')}）")


def known(caller: Caller, object: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that the caller may know, in the model's order."""
    given = set(names)
    return [one.name for one in relations_of(caller, object) if one.name in given]
