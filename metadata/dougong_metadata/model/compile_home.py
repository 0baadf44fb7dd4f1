"""The home page of an app: its figures and lists, with their expressions checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import HomeList, HomeModel, HomeNumber


def compile_homes(loaded: Sequence[Loaded], expressions: ExpressionCheck) -> dict[str, HomeModel]:
    """By app, for those whose document has a home."""
    return {
        one.name: HomeModel(
            _numbers(one, expressions), tuple(_list(said) for said in one.body["home"].get("lists", ()))
        )
        for one in loaded
        if one.kind.name == "app" and one.body.get("home")
    }


def _numbers(one: Loaded, expressions: ExpressionCheck) -> tuple[HomeNumber, ...]:
    found = []
    for at, said in enumerate(one.body["home"].get("numbers", ())):
        path, of = ("home", "numbers", at), said.get("object", "")
        aggregate = expressions.aggregate(one, (*path, "aggregate"), said.get("aggregate"), of)
        filter = expressions.condition(one, (*path, "filter"), said.get("filter"), of)
        if aggregate is not None:
            found.append(
                HomeNumber(Label.of(said.get("label"), of), of, aggregate, filter, said.get("format", "number"))
            )
    return tuple(found)


def _list(said: Mapping[str, Any]) -> HomeList:
    done = said.get("done")
    return HomeList(
        Label.of(said.get("label"), said.get("object", "")),
        said.get("object", ""),
        said.get("list_view", ""),
        tuple(said.get("columns", ())),
        said.get("when"),
        (done.get("field", ""), done.get("value", "")) if done else None,
        said.get("place", "main"),
        said.get("limit", 6),
    )
