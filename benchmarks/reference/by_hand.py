"""Flask + psycopg + orjson, as a good engineer would write it for this one table. Run under granian by the benchmarks.

It signs requests in by a hashed token in the database, keeps the access rule (own deals, or all) in the SQL, validates
input, keeps history and raises the version, and pages by key.
"""

from __future__ import annotations

import base64
import hashlib
import os
import time
import uuid
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from flask import Flask, Response, request
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

app = Flask(__name__)
pool: ConnectionPool[Connection[dict[str, Any]]] = ConnectionPool(
    os.environ["REFERENCE_DSN"], min_size=2, max_size=8, kwargs={"autocommit": True, "row_factory": dict_row}, open=True
)
STAGES = {"open", "quoted", "won", "lost"}
LIST = """select d.id, d.version, d.title, d.stage, d.amount, d.close_date, d.probability, d.company,
            c.name as "company.name", d.owner, d.created_at
from reference.deal d left join reference.company c on c.id = d.company
where d.deleted_at is null and d.stage = %(stage)s and d.amount > %(amount)s and (%(all)s or d.owner = %(user)s)
  and ((d.amount, d.id) < (%(last)s, %(last_id)s) or %(last_id)s is null)
order by d.amount desc, d.id desc limit %(limit)s"""
LIST_FIRST = LIST.replace("and ((d.amount, d.id) < (%(last)s, %(last_id)s) or %(last_id)s is null)", "")
GET = """select d.*, c.name as "company.name" from reference.deal d left join reference.company c on c.id = d.company
where d.id = %(id)s and d.deleted_at is null and (%(all)s or d.owner = %(user)s)"""
WHO = "select user_id, sees_all from reference.token where hash = %s and (expires_at is null or expires_at > now())"


def default(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError


def answer(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value, default), status, mimetype="application/json")


def caller(connection: Any) -> dict[str, Any] | None:
    raw = request.headers.get("Authorization", "")[7:]
    found: dict[str, Any] | None = connection.execute(WHO, (hashlib.sha256(raw.encode()).digest(),)).fetchone()
    return found


@app.get("/deals")
def deals() -> Response:
    with pool.connection() as connection:
        who = caller(connection)
        if who is None:
            return answer({"error": "sign in"}, 401)
        arguments: dict[str, Any] = {
            "stage": request.args.get("stage"),
            "amount": Decimal(request.args.get("amount", "0")),
            "limit": min(int(request.args.get("limit", 50)), 200) + 1,
            "all": who["sees_all"],
            "user": who["user_id"],
        }
        statement = LIST_FIRST
        if cursor := request.args.get("cursor"):
            last, last_id = orjson.loads(base64.urlsafe_b64decode(cursor))
            arguments |= {"last": Decimal(last), "last_id": uuid.UUID(last_id)}
            statement = LIST
        rows = connection.execute(statement, arguments).fetchall()
    following = None
    if len(rows) == arguments["limit"]:
        rows.pop()
        following = base64.urlsafe_b64encode(orjson.dumps([str(rows[-1]["amount"]), str(rows[-1]["id"])])).decode()
    return answer({"records": rows, "next": following})


@app.get("/deals/<uuid:record>")
def deal(record: uuid.UUID) -> Response:
    with pool.connection() as connection:
        who = caller(connection)
        if who is None:
            return answer({"error": "sign in"}, 401)
        row = connection.execute(GET, {"id": record, "all": who["sees_all"], "user": who["user_id"]}).fetchone()
    return answer(row) if row else answer({"error": "not found"}, 404)


def check(  # noqa: C901  # written as one would by hand, for one form
    body: dict[str, Any], *, whole: bool
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    values: dict[str, Any] = {}
    errors = []
    for name, value in body.items():
        if name == "title" and (not isinstance(value, str) or not 0 < len(value) <= 200):
            errors.append({"field": name, "code": "length"})
        elif name == "stage" and value not in STAGES:
            errors.append({"field": name, "code": "choice"})
        elif name == "amount" and value is not None:
            try:
                value = Decimal(str(value))
            except InvalidOperation:
                errors.append({"field": name, "code": "number"})
            else:
                if value < 0:
                    errors.append({"field": name, "code": "negative"})
        elif name == "close_date" and value is not None:
            try:
                value = date.fromisoformat(value)
            except ValueError:
                errors.append({"field": name, "code": "date"})
        elif name == "company" and value is not None:
            try:
                value = uuid.UUID(value)
            except ValueError:
                errors.append({"field": name, "code": "id"})
        elif name not in ("title", "stage", "amount", "close_date", "company", "note", "source_key"):
            errors.append({"field": name, "code": "unknown"})
        values[name] = value
    if whole and not body.get("title"):
        errors.append({"field": "title", "code": "required"})
    return values, errors


def time_ordered_id() -> uuid.UUID:
    stamp = int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10)
    return uuid.UUID(bytes=stamp, version=4)


@app.post("/deals")
def create() -> Response:
    values, errors = check(orjson.loads(request.get_data()), whole=True)
    if errors:
        return answer({"errors": errors}, 422)
    with pool.connection() as connection:
        who = caller(connection)
        if who is None:
            return answer({"error": "sign in"}, 401)
        record = time_ordered_id()
        with connection.transaction():
            names = ", ".join(values)
            marks = ", ".join(f"%({name})s" for name in values)
            connection.execute(
                f"insert into reference.deal (id, owner, created_by, updated_by, {names})"
                f" values (%(id)s, %(user)s, %(user)s, %(user)s, {marks})",
                {**values, "id": record, "user": who["user_id"]},
            )
            changes = orjson.dumps({name: [None, value] for name, value in values.items()}, default).decode()
            connection.execute(
                "insert into reference.history (object, record, version, actor, op, changes)"
                " values ('deal', %s, 1, %s, 'create', %s)",
                (record, who["user_id"], changes),
            )
            text = f"{values.get('title') or ''} {values.get('note') or ''}"
            connection.execute(
                "insert into reference.search values (%s, 'deal', %s, %s, to_tsvector('simple', %s))",
                (record, values.get("title"), text, text),
            )
    return answer({"id": record, "version": 1}, 201)


@app.patch("/deals/<uuid:record>")
def update(record: uuid.UUID) -> Response:
    values, errors = check(orjson.loads(request.get_data()), whole=False)
    if errors:
        return answer({"errors": errors}, 422)
    with pool.connection() as connection:
        who = caller(connection)
        if who is None:
            return answer({"error": "sign in"}, 401)
        with connection.transaction():
            old = connection.execute(
                "select * from reference.deal where id = %(id)s and deleted_at is null"
                " and (%(all)s or owner = %(user)s) for no key update",
                {"id": record, "all": who["sees_all"], "user": who["user_id"]},
            ).fetchone()
            if old is None:
                return answer({"error": "not found"}, 404)
            changed = {name: value for name, value in values.items() if old[name] != value}
            if changed:
                marks = ", ".join(f"{name} = %({name})s" for name in changed)
                connection.execute(
                    f"update reference.deal set {marks}, version = version + 1, updated_at = now(),"
                    " updated_by = %(user)s where id = %(id)s",
                    {**changed, "id": record, "user": who["user_id"]},
                )
                changes = orjson.dumps({name: [old[name], value] for name, value in changed.items()}, default).decode()
                connection.execute(
                    "insert into reference.history (object, record, version, actor, op, changes)"
                    " values ('deal', %s, %s, %s, 'update', %s)",
                    (record, old["version"] + 1, who["user_id"], changes),
                )
                if "title" in changed or "note" in changed:
                    text = f"{changed.get('title', old['title'])} {changed.get('note', old['note']) or ''}"
                    connection.execute(
                        "update reference.search set title = %s, text = %s, words = to_tsvector('simple', %s)"
                        " where record = %s",
                        (changed.get("title", old["title"]), text, text, record),
                    )
    return answer({"id": record, "version": old["version"] + bool(changed)})
