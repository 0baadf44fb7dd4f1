"""Sends statements to PostgreSQL: several in one round trip, prepared from their second use on. Used by Database.

psycopg's own pipeline costs 120 µs of Python per round trip and its cursor 60 µs; this costs 20. It has no simple query
protocol, so one message is one statement: `…; reset role` is a syntax error, never a second statement.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors, pq
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq.abc import PGresult
from psycopg.waiting import wait

Params = Mapping[str, Any] | Sequence[Any] | None
Row = tuple[Any, ...]

PREPARED_MAX = 300  # statements kept prepared per connection; each costs the server some tens of kilobytes
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.EMPTY_QUERY)
_COPYING = (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH)
_PLACEHOLDER = re.compile(r"%(?:%|s|\((\w+)\)s)?")
# The server has forgotten the statement, or its result would now have other types: sending it afresh helps.
OUTDATED_STATEMENT = (errors.InvalidSqlStatementName, errors.FeatureNotSupported)


@lru_cache(maxsize=4096)
def _convert(sql: str) -> tuple[bytes, tuple[str, ...] | int]:
    """`%(name)s` or `%s` to `$n`: (text, names in order of $n) or (text, how many)."""
    names: dict[str, int] = {}
    count = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] == "%%":
            return "%"
        if match[0] == "%":
            raise psycopg.ProgrammingError(f"a lone % at {match.start()}: write %% or a placeholder")
        if match[1]:
            return f"${names.setdefault(match[1], len(names) + 1)}"
        count += 1
        return f"${count}"

    text = _PLACEHOLDER.sub(replace, sql)
    if names and count:
        raise psycopg.ProgrammingError("named and positional placeholders cannot be mixed")
    return text.encode(), tuple(names) if names else count


@lru_cache(maxsize=4096)
def _encode(sql: str) -> bytes:
    return sql.encode()


class Wire:
    """The statements of one connection. Not for two threads at once."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._transformer = Transformer(connection)
        self._prepared: OrderedDict[tuple[bytes, tuple[int, ...]], bytes] = OrderedDict()  # b"" = seen once
        self._number = 0

    def run(self, *statements: tuple[str, Params]) -> list[PGresult]:
        """One round trip. Without BEGIN around them the statements are one transaction, committed at its end.

        The results in order; raises the first statement's psycopg error (the others are then undone or not begun).
        A connection that is interrupted in between is closed, because its state is unknown.
        """
        bound = [self._bind(sql, params) for sql, params in statements]
        try:
            return self._round_trip(bound)
        except psycopg.DatabaseError:
            if self._pgconn.status != pq.ConnStatus.OK:
                self._connection.close()
            raise
        except BaseException:
            self._connection.close()
            raise

    def rows(self, result: PGresult) -> list[Row]:
        """All rows of a result as tuples of canonical JSON values."""
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def forget(self) -> None:
        """Prepare everything afresh."""
        self._prepared.clear()

    def _bind(self, sql: str, params: Params) -> _Bound:
        if params is None:
            return _Bound(_encode(sql), (), (), ())
        text, names = _convert(sql)
        if isinstance(params, Mapping):
            try:
                values: Sequence[Any] = [params[name] for name in names] if isinstance(names, tuple) else ()
            except KeyError as missing:
                raise psycopg.ProgrammingError(f"query parameter missing: {missing}") from None
            if isinstance(names, int) and names:
                raise psycopg.ProgrammingError("positional placeholders need a sequence of parameters")
        elif len(params) != names:
            raise psycopg.ProgrammingError(f"{len(params)} parameters for placeholders {names}")
        else:
            values = params
        if not values:
            return _Bound(text, (), (), ())
        dumped = self._transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        return _Bound(text, dumped, self._transformer.types or (), self._transformer.formats or ())

    def _round_trip(self, bound: Sequence[_Bound]) -> list[PGresult]:
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        asked: list[tuple[str, _Bound]] = []
        for one in bound:
            self._send(one, asked)
        pgconn.pipeline_sync()
        wait(send(pgconn), pgconn.socket, 0.1)
        answers: list[list[PGresult]] = []
        while True:
            answer = wait(fetch_many(pgconn), pgconn.socket, 0.1)
            if answer and answer[0].status == pq.ExecStatus.PIPELINE_SYNC:
                break
            if not answer and pgconn.status != pq.ConnStatus.OK:
                break
            if answer and answer[-1].status in _COPYING:
                self._connection.close()  # the protocol is in the middle of a COPY, which a pipeline cannot speak
                raise psycopg.NotSupportedError("COPY needs the transaction's own connection: connection.cursor().copy")
            answers.append(answer)
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
        return self._judge(asked, answers)

    def _send(self, one: _Bound, asked: list[tuple[str, _Bound]]) -> None:
        key = (one.text, one.types)
        name = self._prepared.get(key)
        if name is None:  # seen for the first time: not worth the server's memory yet
            self._pgconn.send_query_params(one.text, one.params, one.types, one.formats)
            asked.append(("run", one))
            self._prepared[key] = b""
            self._evict(one, asked)
            return
        if not name:
            self._number += 1
            name = self._prepared[key] = b"s%d" % self._number
            self._pgconn.send_prepare(name, one.text, one.types)
            asked.append(("prepare", one))
        self._prepared.move_to_end(key)
        self._pgconn.send_query_prepared(name, one.params, one.formats)
        asked.append(("run", one))

    def _evict(self, one: _Bound, asked: list[tuple[str, _Bound]]) -> None:
        if len(self._prepared) > PREPARED_MAX:
            _, oldest = self._prepared.popitem(last=False)
            if oldest:
                self._pgconn.send_query_params(b"deallocate " + oldest, [])
                asked.append(("deallocate", one))

    def _judge(self, asked: Sequence[tuple[str, _Bound]], answers: Sequence[Sequence[PGresult]]) -> list[PGresult]:
        results: list[PGresult] = []
        failure: PGresult | None = None
        for (what, one), answer in zip(asked, answers, strict=False):
            result = answer[-1] if answer else None
            if result is not None and result.status in _GOOD:
                if what == "run":
                    results.append(result)
                continue
            self._prepared.pop((one.text, one.types), None)
            if result is not None and result.status == pq.ExecStatus.FATAL_ERROR and failure is None:
                failure = result
        if failure is not None:
            raise errors.error_from_result(failure, encoding="utf-8")
        if len(answers) < len(asked):
            raise psycopg.OperationalError("the connection was lost")
        return results


class _Bound:
    """A statement with its parameters in wire form."""

    __slots__ = ("formats", "params", "text", "types")

    def __init__(
        self, text: bytes, params: Sequence[Buffer | None], types: tuple[int, ...], formats: Sequence[pq.Format]
    ) -> None:
        self.text, self.params, self.types, self.formats = text, params, types, formats
