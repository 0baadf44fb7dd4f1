"""Rows arrive as canonical JSON values; statements are prepared, survive lost connections, and never mix tenants."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import orjson
import psycopg
import pytest

from dougong_tenants import Database, Tenant, json_parameter, tenancy
from dougong_tenants.connection.wire import PREPARED_MAX
from dougong_tenants.errors import DatabaseAway, DatabaseBusy, StatementTooSlow, TenantDropped, TenantSuspended


def test_values_go_straight_into_json(database: Database, tenant: Tenant) -> None:
    _, rows = database.read(
        tenant,
        """
        select 12.50::numeric, 1e400::numeric, date '2026-01-02', time '03:04:05', timestamp '2026-01-02 03:04:05.5',
               timestamptz '2026-01-02 11:04:05.123456+08', timestamptz '2026-01-02 03:04:05Z',
               '0191d5c8-0000-7000-8000-000000000001'::uuid, '{"a": [1, null]}'::jsonb, '[1]'::json, array[1.5, null],
               array['a', 'b'], array['0191d5c8-0000-7000-8000-000000000001'::uuid], 9007199254740993, true,
               1.5::float8, interval '1 day 02:00', null, 'infinity'::timestamptz,
               array[timestamptz '2026-01-02 03:04:05Z']""",
    )
    (row,) = rows
    assert row == (
        "12.50",
        "1" + "0" * 400,
        "2026-01-02",
        "03:04:05",
        "2026-01-02T03:04:05.5",
        "2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04:05Z",
        "0191d5c8-0000-7000-8000-000000000001",
        {"a": [1, None]},
        [1],
        ["1.5", None],
        ["a", "b"],
        ["0191d5c8-0000-7000-8000-000000000001"],
        9007199254740993,
        True,
        1.5,
        "P1DT2H",
        None,
        "infinity",
        ["2026-01-02T03:04:05Z"],
    )
    orjson.dumps(row)


def test_parameters_are_named_or_positional_and_a_percent_sign_is_doubled(database: Database, tenant: Tenant) -> None:
    assert database.read(tenant, "select %(a)s::int + %(b)s::int + %(a)s::int, '%%'", {"a": 1, "b": 2})[1] == [(4, "%")]
    assert database.read(tenant, "select %s::text, %s::int[]", ("x", [1, 2]))[1] == [("x", [1, 2])]
    assert database.read(tenant, "select '%'")[1] == [("%",)]
    json = {"d": {"é": 1}, "l": json_parameter([1])}
    assert database.read(tenant, "select %(d)s::jsonb, %(l)s", json)[1] == [({"é": 1}, [1])]
    for sql, params in (("select %(a)s", {}), ("select %s", ()), ("select %s %(a)s", {"a": 1}), ("select 5 % 2", ())):
        with pytest.raises(psycopg.ProgrammingError):
            database.read(tenant, sql, params)


def test_a_statement_gives_the_same_answer_before_and_after_it_is_prepared(database: Database, tenant: Tenant) -> None:
    for n in range(6):
        assert database.read(tenant, "select %(n)s::int, %(t)s::text", {"n": n, "t": None})[1] == [(n, None)]
        with database.transaction(tenant) as tx:
            assert tx.rows("select %s::int + 1", (n,)) == [(n + 1,)]


def test_more_statements_than_are_kept_prepared(database: Database, tenant: Tenant) -> None:
    with database.transaction(tenant) as tx:
        for n in range(PREPARED_MAX + 50):
            for _ in range(2):
                assert tx.rows(f"select {n}") == [(n,)]
        assert tx.rows("select count(*) <= %s from pg_prepared_statements", (PREPARED_MAX,)) == [(True,)]


def test_a_failed_statement_is_told_and_the_connection_goes_on(database: Database, tenant: Tenant) -> None:
    for _ in range(5):
        with pytest.raises(psycopg.errors.DivisionByZero):
            database.read(tenant, "select 1 / 0")
        with pytest.raises(psycopg.errors.UndefinedTable), database.transaction(tenant) as tx:
            tx.execute("select * from nothing")
        assert database.read(tenant, "select 1")[1] == [(1,)]


def test_a_table_that_changed_under_a_prepared_statement_is_read_anew(database: Database, tenant: Tenant) -> None:
    with database.owner(tenant) as connection:
        connection.execute("create table shape (a integer)")
        connection.execute("insert into shape values (1)")
    for _ in range(4):
        assert database.read(tenant, "select a from shape")[1] == [(1,)]
    with database.owner(tenant) as connection:
        connection.execute("alter table shape alter a type text")
    assert database.read(tenant, "select a from shape")[1] == [("1",)]


def test_a_result_reads_like_a_cursor(database: Database, tenant: Tenant) -> None:
    with database.transaction(tenant) as tx:
        made = tx.execute("insert into team (id, name) values (gen_random_uuid(), 'a'), (gen_random_uuid(), 'b')")
        assert (made.rowcount, made.description, made.fetchone()) == (2, None, None)
        found = tx.execute("select name, version from team order by name")
        assert (found.columns, found.fetchone(), list(found), found.fetchone()) == (
            ("name", "version"),
            ("a", 1),
            [("b", 1)],
            None,
        )
        one, two = tx.together(("select 1", None), ("select %s::int", (2,)))
        assert (one.rows, two.rows) == ([(1,)], [(2,)])


def test_copy_works_on_the_transactions_connection(database: Database, tenant: Tenant) -> None:
    with database.transaction(tenant) as tx:
        with tx.connection.cursor().copy("copy team (id, name) from stdin") as copy:
            copy.write_row(("0191d5c8-0000-7000-8000-00000000000a", "copied"))
        assert tx.rows("select name from team") == [("copied",)]


def test_a_copy_where_it_cannot_be_spoken_is_refused_and_the_pool_recovers(database: Database, tenant: Tenant) -> None:
    with pytest.raises(psycopg.Error), database.transaction(tenant) as tx:
        tx.execute("copy team to stdout")
    assert database.read(tenant, "select 1")[1] == [(1,)]


def test_settings_last_as_long_as_the_transaction(database: Database, tenant: Tenant) -> None:
    shown = (
        "select current_setting('statement_timeout'), current_setting('lock_timeout'),"
        " current_setting('plan_cache_mode')"
    )
    with database.transaction(tenant, statement_timeout=1234, lock_timeout=50, custom_plan=True) as tx:
        assert tx.rows(shown) == [("1234ms", "50ms", "force_custom_plan")]
    with database.transaction(tenant) as tx:
        assert tx.rows(shown) == [("30s", "5s", "auto")]
    assert database.read(tenant, shown)[1] == [("30s", "5s", "force_custom_plan")]
    assert database.read(tenant, shown, custom_plan=False)[1] == [("30s", "5s", "auto")]


def test_a_read_that_takes_too_long_is_stopped(database: Database, tenant: Tenant) -> None:
    with pytest.raises(StatementTooSlow):
        database.read(tenant, "select pg_sleep(5)", statement_timeout=50)
    assert database.read(tenant, "select 1")[1] == [(1,)]


def test_an_exception_undoes_the_transaction(database: Database, tenant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction(tenant) as tx:
        tx.execute("insert into team (id, name) values (gen_random_uuid(), 'undone')")
        raise ZeroDivisionError
    assert database.read(tenant, "select count(*) from team where name = 'undone'")[1] == [(0,)]


def test_twenty_threads_see_their_own_tenants_rows_only(database: Database, make_tenant: Callable[[], Tenant]) -> None:
    tenants = [make_tenant() for _ in range(5)]
    for tenant in tenants:
        with database.transaction(tenant) as tx:
            tx.execute("insert into team (id, name) values (gen_random_uuid(), %s)", (tenant.name,))

    def look(number: int) -> set[str]:
        tenant = tenants[number % 5]
        seen = set()
        for _ in range(30):
            entry, rows = database.read(tenant, "select name, current_user from team")
            assert entry.status == "active"
            seen |= {row[0] for row in rows}
            assert {row[1] for row in rows} == {tenant.role}
            with database.transaction(tenant) as tx:
                seen |= {row[0] for row in tx.rows("select name from team")}
        return seen

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(look, range(20))) == [{tenants[n % 5].name} for n in range(20)]


def test_lost_connections_are_replaced_and_reads_repeated(database: Database, tenant: Tenant) -> None:
    for _ in range(2):
        with database.administrator() as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (database.login_role,)
            )
        assert database.read(tenant, "select 1")[1] == [(1,)]
    with database.administrator() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (database.login_role,)
        )
    with database.transaction(tenant) as tx:
        assert tx.rows("select 1") == [(1,)]


def test_a_connection_lost_within_a_transaction_is_a_clear_fault(database: Database, tenant: Tenant) -> None:
    with pytest.raises(DatabaseAway), database.transaction(tenant) as tx:
        with database.administrator() as connection:
            connection.execute("select pg_terminate_backend(%s)", (tx.connection.info.backend_pid,))
        tx.execute("select 1")
    assert database.read(tenant, "select 1")[1] == [(1,)]


def test_a_server_that_is_away_is_a_clear_fault(tenant: Tenant) -> None:
    nowhere = Database("host=127.0.0.1 port=1 user=nobody dbname=nothing", pool_timeout=0.5)
    try:
        with pytest.raises(DatabaseAway):
            nowhere.read(tenant, "select 1")
        with pytest.raises(DatabaseAway), nowhere.transaction(tenant):
            pass
        with pytest.raises(DatabaseAway), nowhere.owner(tenant):
            pass
    finally:
        nowhere.close()


def connected(database: Database, tenant: Tenant) -> bool:
    """Whether the pool has its first connection, which may take longer than one waits for it."""
    try:
        return bool(database.read(tenant, "select 1"))
    except DatabaseBusy:
        return False


def test_a_pool_without_a_free_connection_is_busy_not_away(database: Database, tenant: Tenant) -> None:
    small = Database(database.dsn, 1, secret=database.secret, pool_timeout=0.2)
    try:
        while not connected(small, tenant):
            pass
        with small.transaction(tenant), pytest.raises(DatabaseBusy):
            small.read(tenant, "select 1")
    finally:
        small.close()


def test_a_suspended_or_dropped_tenant_lets_nobody_in(database: Database, tenant: Tenant) -> None:
    tenancy.suspend(database, tenant.name)
    with pytest.raises(TenantSuspended):
        database.read(tenant, "select 1")
    with pytest.raises(TenantSuspended), database.transaction(tenant):
        pass
    tenancy.resume(database, tenant.name)
    assert database.read(tenant, "select 1")[1] == [(1,)]
    tenancy.drop(database, tenant.name)
    with pytest.raises((TenantDropped, psycopg.errors.InvalidParameterValue)):
        database.read(tenant, "select 1")
