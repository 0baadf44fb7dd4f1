"""Functions over places on the map."""

from __future__ import annotations

from dougong_metadata.expressions.functions.registry import function
from dougong_metadata.expressions.sql import Element, once, sql
from dougong_metadata.label import Label


@function(
    "GEOLOCATION(latitude: number, longitude: number) -> place",
    "A place from its latitude and longitude in degrees (WGS 84).",
    "由纬度与经度（度，WGS 84）组成地理位置。",
    {"LATITUDE(GEOLOCATION(39.9087, 116.3975))": "39.9087", "LATITUDE(GEOLOCATION(91, 0))": None},
    blank=Label(
        "Blank if a value is, or lies outside -90 to 90, -180 to 180.",
        "任一值为空或超出 -90 至 90、-180 至 180 时为空。",
    ),
)
def geolocation(latitude: Element, longitude: Element) -> Element:
    return once(
        "(CASE WHEN {y} BETWEEN -90 AND 90 AND {x} BETWEEN -180 AND 180 "
        "THEN jsonb_build_object('latitude', {y}, 'longitude', {x}) END)",
        y=latitude,
        x=longitude,
    )


@function(
    "DISTANCE(from: place, to: place, unit: unit) -> number",
    'How far two places are apart as the crow flies, in "km" or "mi" (haversine, a round earth).',
    '两个地理位置之间的直线距离，单位为 "km" 或 "mi"（半正矢公式，按球体计算）。',
    {
        'ROUND(DISTANCE(GEOLOCATION(39.9087, 116.3975), GEOLOCATION(31.2304, 121.4737), "km"))': "1068",
        'DISTANCE(GEOLOCATION(0, 0), GEOLOCATION(0, 0), "mi")': "0",
    },
)
def distance(start: Element, end: Element, radius: Element) -> Element:
    part = "radians(CAST({{{of}}} ->> '{name}' AS double precision))"
    y1, y2 = (part.format(of=of, name="latitude") for of in "ab")
    x1, x2 = (part.format(of=of, name="longitude") for of in "ab")
    half = f"sqrt(power(sin(({y2} - {y1}) / 2), 2) + cos({y1}) * cos({y2}) * power(sin(({x2} - {x1}) / 2), 2))"
    return once(f"CAST(2 * {{r}} * asin(least(1, {half})) AS numeric)", a=start, b=end, r=radius)


@function(
    "LATITUDE(place: place) -> number",
    "The latitude of a place in degrees.",
    "地理位置的纬度（度）。",
    {"LATITUDE(GEOLOCATION(-33.5, 151))": "-33.5"},
)
def latitude_(place: Element) -> Element:
    return sql("CAST({} ->> 'latitude' AS numeric)", place)


@function(
    "LONGITUDE(place: place) -> number",
    "The longitude of a place in degrees.",
    "地理位置的经度（度）。",
    {"LONGITUDE(GEOLOCATION(-33.5, 151))": "151"},
)
def longitude_(place: Element) -> Element:
    return sql("CAST({} ->> 'longitude' AS numeric)", place)
