"""Loaders that make every PostgreSQL value what JSON needs, so that rows go straight to orjson; on every connection.

numeric "12.50" as PostgreSQL prints it · date "2026-01-02" · timestamptz "2026-01-02T03:04:05.123456Z" (connections
run in UTC) · time, uuid, interval (ISO 8601) as text · json as Python objects · integers, booleans, floats as they are.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
from psycopg import adapters
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import AdaptersMap, Loader
from psycopg.types.json import Jsonb, JsonbDumper, set_json_dumps, set_json_loads
from psycopg.types.string import TextLoader

# What each connection sets when it starts: the loaders below rely on these.
SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO,YMD",
    "intervalstyle": "iso_8601",
    "client_encoding": "UTF8",
    "extra_float_digits": "1",
    "jit": "off",
    "idle_in_transaction_session_timeout": "120000",
    "statement_timeout": "30000",
    "lock_timeout": "5000",
    "plan_cache_mode": "auto",
}
# The owner's: building an index may take as long as it takes.
OWNER_SETTINGS = {**SETTINGS, "statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
# TextLoader has a C twin that psycopg puts in its place: these cost no Python call per value.
_AS_TEXT = (
    "numeric",
    "date",
    "time",
    "timetz",
    "interval",
    "uuid",
    "inet",
    "cidr",
    "bit",
    "varbit",
    "int4range",
    "int8range",
    "numrange",
    "daterange",
    "tsrange",
    "tstzrange",
)


class _TimestampLoader(Loader):
    """timestamp without time zone: only the T is missing."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode().replace(" ", "T", 1)


class _TimestamptzLoader(Loader):
    """`2026-01-02 03:04:05.1+00` → `2026-01-02T03:04:05.1Z`; infinity and dates BC stay as PostgreSQL prints them."""

    def load(self, data: Buffer) -> str:
        text = bytes(data).decode()
        return f"{text[:10]}T{text[11:-3]}Z" if text[10:11] == " " and text[-3:] == "+00" else text


def _dump_json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


class JsonValues(AdaptContext):
    """The adaptation context handed to psycopg.connect: the map is built once and shared by all connections."""

    def __init__(self) -> None:
        self._adapters = AdaptersMap(adapters)
        for name in _AS_TEXT:
            self._adapters.register_loader(name, TextLoader)
        self._adapters.register_loader("timestamp", _TimestampLoader)
        self._adapters.register_loader("timestamptz", _TimestamptzLoader)
        self._adapters.register_dumper(dict, JsonbDumper)
        set_json_loads(orjson.loads, self)
        set_json_dumps(_dump_json, self)

    @property
    def adapters(self) -> AdaptersMap:
        return self._adapters

    @property
    def connection(self) -> None:
        return None


JSON_VALUES = JsonValues()


def json_parameter(value: Any) -> Jsonb:
    """A list or scalar as a jsonb parameter (a dict needs no wrapping)."""
    return Jsonb(value, dumps=_dump_json)


def moment(value: dt.datetime) -> str:
    """A moment in the same form as the loaders give."""
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
