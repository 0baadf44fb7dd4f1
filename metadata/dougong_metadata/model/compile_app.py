"""Apps: navigation; one with every object is made where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import AppModel, HomeModel, NavigationGroup, NavigationItem, ObjectModel

HOME = NavigationItem(Label("Home", "工作台"), page="home", icon="home")


def compile_apps(
    loaded: Sequence[Loaded], objects: Mapping[str, ObjectModel], homes: Mapping[str, HomeModel]
) -> dict[str, AppModel]:
    """All apps by name, in order of position."""
    apps = [
        AppModel(
            one.name,
            Label.of(one.body.get("label"), one.name),
            tuple(_group(said, objects) for said in one.body["groups"]),
            one.body["position"],
            homes.get(one.name),
        )
        for one in loaded
        if one.kind.name == "app"
    ]
    return {app.name: app for app in sorted(apps or [_generated(objects)], key=lambda app: (app.position, app.name))}


def _group(said: Mapping[str, Any], objects: Mapping[str, ObjectModel]) -> NavigationGroup:
    label = Label.of(said["label"], "") if said.get("label") else None
    return NavigationGroup(label, tuple(_item(item, objects) for item in said["items"]))


def _item(said: Mapping[str, Any], objects: Mapping[str, ObjectModel]) -> NavigationItem:
    model = objects.get(said.get("object", ""))
    if model is not None:
        label = Label.of(said["label"], model.name) if said.get("label") else model.plural
        return NavigationItem(label, object=model.name, icon=said.get("icon", model.icon))
    name = said.get("page") or said.get("url", "")
    return NavigationItem(
        Label.of(said.get("label"), name), page=said.get("page"), url=said.get("url"), icon=said.get("icon")
    )


def _generated(objects: Mapping[str, ObjectModel]) -> AppModel:
    items = tuple(
        NavigationItem(model.plural, object=name, icon=model.icon)
        for name, model in objects.items()
        if not model.system and model.parent is None
    )
    return AppModel("main", Label("Main", "主应用"), (NavigationGroup(None, (HOME,)), NavigationGroup(None, items)))
