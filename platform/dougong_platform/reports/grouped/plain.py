"""Grouped numbers as plain rows: `aggregate` answers POST /api/v1/query, totals of lists and figures of boards with one
statement under the caller's access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query.fields import require_known
from dougong_platform.reports.grouped.group import read_by
from dougong_platform.reports.grouped.question import Number, Question
from dougong_platform.reports.grouped.running import run

_PARTS = frozenset({"from", "where", "group_by", "aggregates", "having", "order_by", "limit"})
MOST_ROWS = 10_000
MOST_GROUPS = 10
MOST_AGGREGATES = 50


@dataclass(frozen=True, slots=True)
class Spec:
    """A grouped query as texts; `aggregates` are (alias, expression)."""

    object: str
    where: str | None = None
    group_by: tuple[str, ...] = ()
    aggregates: tuple[tuple[str, str], ...] = ()
    having: str | None = None
    order_by: tuple[str, ...] = ()
    limit: int = 1000

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Spec:
        """From JSON: {from, where, group_by, aggregates, having, order_by, limit}. Raises BadRequest."""
        unknown = sorted(set(given) - _PARTS)
        if unknown:
            raise _bad(f"“{unknown[0][:60]}” is not a part of a query.", f"查询不支持「{unknown[0][:60]}」。")
        aggregates = given.get("aggregates", {})
        if not isinstance(aggregates, dict) or not all(isinstance(v, str) for v in aggregates.values()):
            raise _bad(
                "“aggregates” must be an object of expressions by name.", "aggregates 须为“名称: 表达式”的对象。"
            )
        limit = given.get("limit", 1000)
        if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST_ROWS:
            raise _bad(f"“limit” must be from 1 to {MOST_ROWS}.", f"limit 须在 1 到 {MOST_ROWS} 之间。")
        object = _text(given, "from")
        if object is None:
            raise _bad("“from” must name an object.", "from 须为对象名。")
        return cls(
            object,
            _text(given, "where"),
            _texts(given, "group_by", MOST_GROUPS),
            tuple(aggregates.items()),
            _text(given, "having"),
            _texts(given, "order_by", MOST_GROUPS),
            limit,
        )


def aggregate(caller: Caller, spec: Spec | Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows by group path and alias. Raises BadRequest, BadField, BadFilter, BadSort, UnknownName."""
    asked = spec if isinstance(spec, Spec) else Spec.of(spec)
    require_known(caller.rights, asked.object)
    if not asked.group_by and not asked.aggregates:
        raise _bad("Name “group_by” or “aggregates”.", "请给出 group_by 或 aggregates。")
    if len(asked.aggregates) > MOST_AGGREGATES:
        raise _bad(f"At most {MOST_AGGREGATES} aggregates.", f"聚合最多 {MOST_AGGREGATES} 个。")
    for alias, _ in asked.aggregates:
        if not alias or len(alias) > 60 or not alias.isprintable() or alias in asked.group_by:
            raise _bad(f"“{alias[:60]}” cannot name an aggregate.", f"「{alias[:60]}」不能作为聚合名称。")
    question = Question(
        asked.object,
        (asked.where,) if asked.where and asked.where.strip() else (),
        rows=tuple(read_by(caller.rights, asked.object, text) for text in dict.fromkeys(asked.group_by)),
        numbers=tuple(Number(alias, text) for alias, text in asked.aggregates),
        having=asked.having,
        sort=asked.order_by,
        most=asked.limit,
    )
    _, lines = run(caller, question)
    names = [*(by.text for by in question.rows), *(alias for alias, _ in asked.aggregates)]
    return [dict(zip(names, (*line.keys, *line.numbers), strict=True)) for line in lines]


def _text(given: Mapping[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise _bad(f"“{key}” must be text.", f"{key} 须为文本。")
    return value


def _texts(given: Mapping[str, Any], key: str, most: int) -> tuple[str, ...]:
    value = given.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value) or len(value) > most:
        raise _bad(f"“{key}” must be a list of at most {most} texts.", f"{key} 须为最多 {most} 项的文本列表。")
    return tuple(value)


def _bad(en: str, zh: str) -> BadRequest:
    return BadRequest(en=en, zh=zh)
