"""The address field offers China's provinces, their cities and their districts."""

from __future__ import annotations

from dougong_ui_builder.screens.divisions import divisions, names_below


def test_provinces_cities_and_districts_stand_below_each_other() -> None:
    assert len(names_below("", "")) == 34
    assert len(names_below("广东省", "")) == 21
    assert "越秀区" in names_below("广东省", "广州市")
    assert names_below("北京市", "") == ["北京市"]
    assert "东城区" in names_below("北京市", "北京市")


def test_the_same_district_name_stands_below_several_cities() -> None:
    found = [(p, c) for p, cities in divisions().items() for c, names in cities.items() if "鼓楼区" in names]
    assert len(found) == 4


def test_an_unknown_place_has_nothing_below_it() -> None:
    assert names_below("Atlantis", "") == []
    assert names_below("广东省", "Atlantis") == []
