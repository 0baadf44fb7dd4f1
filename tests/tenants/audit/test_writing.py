"""Entries of the audit log: written with the thing itself, saying who, by what and from where, and never undone."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from dougong_tenants import Database, Tenant, audit, new_id
from dougong_tenants.audit.tables import STATEMENTS

NOT_ALLOWED = "42501"


def entries(database: Database, tenant: Tenant) -> list[dict[str, Any]]:
    columns = "actor", "action", "target_kind", "target", "label", "details", "ip", "via"
    _, rows = database.read(tenant, f"select {', '.join(columns)} from _audit order by seq")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def test_an_entry_holds_what_was_done_to_what_by_whom_and_from_where(database: Database, tenant: Tenant) -> None:
    actor = new_id()
    with audit.under(actor=actor, via="session", ip="192.0.2.7"), database.transaction(tenant) as tx:
        audit.note(
            tx, "shelf.moved", target_kind="shelf", target="7", label="Poetry", details={"changes": {"row": [1, 2]}}
        )
    assert entries(database, tenant) == [
        {
            "actor": actor,
            "action": "shelf.moved",
            "target_kind": "shelf",
            "target": "7",
            "label": "Poetry",
            "details": {"changes": {"row": [1, 2]}},
            "ip": "192.0.2.7",
            "via": "session",
        }
    ]


def test_what_is_said_outright_wins_over_the_circumstances(database: Database, tenant: Tenant) -> None:
    actor = new_id()
    with audit.under(actor=new_id(), via="session", ip="192.0.2.7"):
        audit.note_apart(database, tenant, "shelf.moved", actor=actor, ip="2001:db8::1", via="cli")
    assert audit.circumstances() == (None, None, None), "the circumstances end with their block"
    (entry,) = entries(database, tenant)
    assert (entry["actor"], entry["ip"], entry["via"], entry["details"]) == (actor, "2001:db8::1", "cli", {})


def test_a_request_forgets_who_made_the_one_before_it(database: Database, tenant: Tenant) -> None:
    for ip in ("192.0.2.7", "192.0.2.8"):
        with audit.under(ip=ip):
            audit.note_apart(database, tenant, "shelf.moved")
            audit.acting(new_id(), "token")
            audit.note_apart(database, tenant, "shelf.moved")
    told = [(entry["actor"] is not None, entry["via"], entry["ip"]) for entry in entries(database, tenant)]
    assert told == [
        (False, None, "192.0.2.7"),
        (True, "token", "192.0.2.7"),
        (False, None, "192.0.2.8"),
        (True, "token", "192.0.2.8"),
    ]


def test_an_entry_stands_only_if_the_thing_itself_does(database: Database, tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction(tenant) as tx:
        audit.note(tx, "shelf.moved")
        raise ZeroDivisionError
    assert entries(database, tenant) == []


def test_any_text_can_be_noted(database: Database, tenant: Tenant) -> None:
    audit.note_apart(
        database, tenant, "shelf.moved", label="a\0b\ud800" + "c" * 999, details={"k\0": ["\0\\u0000", {"\ud800": 1}]}
    )
    (entry,) = entries(database, tenant)
    assert entry["label"].startswith("ab?ccc")
    assert len(entry["label"]) == 300
    assert entry["details"] == {"k": ["\\u0000", {"?": 1}]}


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("update _audit set action = 'nothing'", NOT_ALLOWED),
        ("update _audit set actor = null where seq = 1", NOT_ALLOWED),
        ("delete from _audit", NOT_ALLOWED),
        ("with gone as (delete from _audit returning seq) select count(*) from gone", NOT_ALLOWED),
        ("truncate _audit", NOT_ALLOWED),
        ("drop table _audit", NOT_ALLOWED),
        ("alter table _audit drop column actor", NOT_ALLOWED),
        ("create rule quiet as on insert to _audit do instead nothing", NOT_ALLOWED),
        ("alter table _audit disable trigger all", NOT_ALLOWED),
        ("insert into _audit (at, action) values ('2001-01-01', 'shelf.moved')", NOT_ALLOWED),
        ("insert into _audit (seq, action) overriding system value values (1, 'shelf.moved')", NOT_ALLOWED),
        ("insert into _audit (action) values ('x') on conflict (seq) do update set action = 'y'", NOT_ALLOWED),
        ("merge into _audit using (select 1) as one on true when matched then delete", NOT_ALLOWED),
        ("select setval('_audit_seq_seq', 1)", NOT_ALLOWED),
        ("select nextval('_audit_seq_seq')", NOT_ALLOWED),
        ("select * from _audit for update", NOT_ALLOWED),
        ("lock table _audit in access exclusive mode", NOT_ALLOWED),
    ],
)
@pytest.mark.parametrize("upgraded_again", [False, True])
def test_no_sql_of_a_tenant_changes_deletes_or_backdates_an_entry(
    database: Database, tenant: Tenant, sql: str, state: str, upgraded_again: bool
) -> None:
    audit.note_apart(database, tenant, "shelf.moved")
    if upgraded_again:
        with database.owner(tenant) as connection:
            connection.execute(";\n".join(STATEMENTS).encode())
    with pytest.raises(psycopg.Error) as refused, database.transaction(tenant) as tx:
        tx.execute(sql)
    assert refused.value.sqlstate == state
    assert [entry["action"] for entry in entries(database, tenant)] == ["shelf.moved"]
