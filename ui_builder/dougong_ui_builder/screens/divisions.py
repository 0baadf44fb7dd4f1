"""China's provinces, cities and districts for the address field's suggestions; from the package that the
assets are built with."""

from __future__ import annotations

import json
from functools import lru_cache

from flask import Blueprint, Response, jsonify, request

from dougong_platform.http.caller import Caller
from dougong_ui_builder.assets import FOLDER
from dougong_ui_builder.page import page

blueprint = Blueprint("divisions", __name__)


@lru_cache(maxsize=1)
def divisions() -> dict[str, dict[str, list[str]]]:
    """{province: {city: [districts]}}; empty where the assets were not built."""
    path = FOLDER / "divisions.json"
    read: dict[str, dict[str, list[str]]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return read


def names_below(province: str, city: str) -> list[str]:
    """Provinces, or the cities of `province`, or the districts of its `city`. A municipality is its own city."""
    if not province:
        return list(divisions())
    cities = divisions().get(province, {})
    return cities.get(city, []) if city else list(cities)


@blueprint.get("/ui/divisions")
@page()
def names(caller: Caller) -> Response:
    """A JSON list of names for ?province=&city=."""
    answer: Response = jsonify(names_below(request.args.get("province", ""), request.args.get("city", "")))
    return answer
