"""The wall: hostile SQL in a tenant's transaction is refused by PostgreSQL itself, in whichever way it is smuggled in.

What a condition could carry is an expression inside one statement; what DDL it could carry is tried as well. (Whole
statements of an attacker's own, such as a bare SET ROLE, have no way in: see docs/decisions.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest

from dougong_tenants import Database, Tenant, TenantTransaction, tenancy

NOT_ALLOWED, SYNTAX, NO_TABLE, NO_FUNCTION = "42501", "42601", "42P01", "42883"
READ_ONLY_ONLY = "0A000"


@dataclass
class House:
    database: Database
    tenant: Tenant
    neighbour: Tenant
    superuser: str

    def refusal(self, sql: str, run: Callable[[TenantTransaction, str], object]) -> str | None:
        """The SQLSTATE with which PostgreSQL answers, None if it obeyed. Undone either way."""
        names = {
            "NEIGHBOURS_ROLE": self.neighbour.role,
            "NEIGHBOUR": self.neighbour.schema,
            "LOGIN": self.database.login_role,
            "OWNER": self.tenant.owner,
            "SUPERUSER": self.superuser,
        }
        text = sql
        for mark, name in names.items():
            text = text.replace(mark, name)
        try:
            with self.database.transaction(self.tenant) as tx:
                run(tx, text)
                raise Undo
        except psycopg.Error as error:
            return error.sqlstate
        except Undo:
            return None


class Undo(Exception):
    """Rolls a test's transaction back."""


def by_execute(tx: TenantTransaction, sql: str) -> object:
    return tx.execute(sql)


def by_cursor(tx: TenantTransaction, sql: str) -> object:
    return tx.connection.execute(sql.encode())


def with_parameters(tx: TenantTransaction, sql: str) -> object:
    return tx.execute(sql.replace("%", "%%"), {})


@pytest.fixture(scope="module")
def house(database: Database) -> House:
    mine, neighbour = (tenancy.create(database, tenancy.NewTenant(name)) for name in ("mine", "neighbour"))
    for tenant in (mine, neighbour):
        with database.transaction(tenant) as tx:
            tx.execute("insert into team (id, name) values (gen_random_uuid(), 'a team')")
    with database.administrator() as connection:
        return House(database, mine, neighbour, connection.info.user)


EXPRESSIONS = [
    ("(select name from NEIGHBOUR.team)", NOT_ALLOWED),
    ("(select name from only NEIGHBOUR.team tablesample system (100) limit 1)", NOT_ALLOWED),
    ("(select count(*) from dougong.person)", NOT_ALLOWED),
    ("(select password_hash from dougong.person limit 1)", NOT_ALLOWED),
    ("(select hash::text from dougong.session limit 1)", NOT_ALLOWED),
    ("(select stamp from dougong.tenant limit 1)", NOT_ALLOWED),
    ("(select rolpassword from pg_authid limit 1)", NOT_ALLOWED),
    ("(select passwd from pg_shadow limit 1)", NOT_ALLOWED),
    ("(select subconninfo from pg_subscription limit 1)", NOT_ALLOWED),
    ("(select umoptions::text from pg_user_mapping limit 1)", NOT_ALLOWED),
    ("(select setting from pg_file_settings limit 1)", NOT_ALLOWED),
    ("set_config('role', 'none', true)", NOT_ALLOWED),
    ("set_config('role', 'LOGIN', false)", NOT_ALLOWED),
    ("set_config('search_path', 'NEIGHBOUR', true)", NOT_ALLOWED),
    ("pg_catalog.set_config('session_authorization', 'LOGIN', true)", NOT_ALLOWED),
    ("set_config(null, null, null)", NOT_ALLOWED),
    ("case when random() < 0 then set_config('role', 'none', true) end", NOT_ALLOWED),
    ("(select pg_catalog.set_config(a, 'none', true) from (values ('role')) v(a) offset 0)", NOT_ALLOWED),
    (
        "query_to_xml('select set_config(''role'', ''none'', true)', true, false, '')::text",
        (NOT_ALLOWED, READ_ONLY_ONLY),
    ),
    ("query_to_xml('select * from NEIGHBOUR.team', true, false, '')::text", (NOT_ALLOWED, READ_ONLY_ONLY)),
    ("query_to_xml('reset role', true, false, '')::text", READ_ONLY_ONLY),
    ("query_to_xml('set local role none; select * from NEIGHBOUR.team', true, false, '')::text", READ_ONLY_ONLY),
    ("query_to_xmlschema('table dougong.person', true, false, '')::text", (NOT_ALLOWED, READ_ONLY_ONLY)),
    ("table_to_xml('NEIGHBOUR.team', true, false, '')::text", (NOT_ALLOWED, READ_ONLY_ONLY)),
    ("schema_to_xml('NEIGHBOUR', true, false, '')::text", (NOT_ALLOWED, READ_ONLY_ONLY)),
    ("(select word from ts_stat('select to_tsvector(name) from NEIGHBOUR.team') limit 1)", NOT_ALLOWED),
    ("(select word from ts_stat('reset role') limit 1)", ("42P11", "34000", "22023", READ_ONLY_ONLY)),
    ("ts_rewrite('a'::tsquery, 'select ''a''::tsquery, name::tsquery from NEIGHBOUR.team')", NOT_ALLOWED),
    ("nextval('NEIGHBOUR.anything')", (NOT_ALLOWED, NO_TABLE)),
    ("pg_read_file('/etc/passwd')", NOT_ALLOWED),
    ("pg_read_binary_file('PG_VERSION')::text", NOT_ALLOWED),
    ("(select pg_ls_dir('.') limit 1)", NOT_ALLOWED),
    ("pg_stat_file('postgresql.conf')::text", NOT_ALLOWED),
    ("(select name from pg_ls_waldir() limit 1)", NOT_ALLOWED),
    ("pg_current_logfile()", NOT_ALLOWED),
    ("lo_import('/etc/passwd')", NOT_ALLOWED),
    ("lo_export(1, '/tmp/out')", NOT_ALLOWED),
    ("lo_create(0)", NOT_ALLOWED),
    ("lo_creat(-1)", NOT_ALLOWED),
    ("lo_from_bytea(0, 'x')", NOT_ALLOWED),
    ("lo_put(1, 0, 'x')", NOT_ALLOWED),
    ("pg_reload_conf()", NOT_ALLOWED),
    ("pg_rotate_logfile()", NOT_ALLOWED),
    ("pg_switch_wal()", NOT_ALLOWED),
    ("pg_promote()", NOT_ALLOWED),
    ("pg_create_restore_point('x')", NOT_ALLOWED),
    ("pg_stat_reset()", NOT_ALLOWED),
    ("(select pg_terminate_backend(pid) from pg_stat_activity where usename = 'LOGIN' limit 1)", NOT_ALLOWED),
    ("(select pg_cancel_backend(pid) from pg_stat_activity where usename = 'LOGIN' limit 1)", NOT_ALLOWED),
    ("pg_create_physical_replication_slot('x')::text", NOT_ALLOWED),
    ("pg_replication_origin_create('x')", NOT_ALLOWED),
    ("dblink('dbname=postgres', 'select 1')", NO_FUNCTION),
    ("dblink_connect('dbname=postgres')", NO_FUNCTION),
]


@pytest.mark.parametrize("run", [by_execute, by_cursor, with_parameters])
@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_an_expression_that_reaches_out_is_refused(
    house: House, run: Callable[[TenantTransaction, str], object], expression: str, expected: str | tuple[str, ...]
) -> None:
    allowed = expected if isinstance(expected, tuple) else (expected,)
    assert house.refusal(f"select {expression}", run) in allowed
    assert house.refusal(f"select id from team where num_nonnulls(({expression})) >= 0", run) in allowed


STATEMENTS = [
    ("select 1; reset role", SYNTAX),
    ("select 1; reset role; select * from NEIGHBOUR.team", SYNTAX),
    ("select name from team where name = ''; set role \"LOGIN\"; --'", SYNTAX),
    ("commit; select set_config('role', 'none', false)", SYNTAX),
    ("insert into NEIGHBOUR.team (id, name) values (gen_random_uuid(), 'x')", NOT_ALLOWED),
    ("update NEIGHBOUR.team set name = 'x'", NOT_ALLOWED),
    ("delete from dougong.tenant", NOT_ALLOWED),
    ("with gone as (delete from NEIGHBOUR.team returning 1) select count(*) from gone", NOT_ALLOWED),
    (
        "with made as (insert into team (id, name) select id, name from NEIGHBOUR.team returning 1) select 1",
        NOT_ALLOWED,
    ),
    ("merge into NEIGHBOUR.team t using team s on t.id = s.id when matched then delete", NOT_ALLOWED),
    ("truncate NEIGHBOUR.team", NOT_ALLOWED),
    ("drop table NEIGHBOUR.team", NOT_ALLOWED),
    ("drop table team", NOT_ALLOWED),
    ("alter table team add column x text", NOT_ALLOWED),
    ("create table mine (a int)", NOT_ALLOWED),
    ("create table NEIGHBOUR.mine (a int)", NOT_ALLOWED),
    ("create table public.mine (a int)", NOT_ALLOWED),
    ("create temp table mine (a int)", NOT_ALLOWED),
    ("create temp view mine as select 1", NOT_ALLOWED),
    ("select 1 into temp mine", NOT_ALLOWED),
    ("create view peek as select * from NEIGHBOUR.team", NOT_ALLOWED),
    ("create schema mine", NOT_ALLOWED),
    ("create extension dblink", (NOT_ALLOWED, "0A000", "58P01")),
    ("create role intruder superuser", NOT_ALLOWED),
    ("alter role current_user superuser", NOT_ALLOWED),
    ('alter role "LOGIN" superuser', NOT_ALLOWED),
    ('grant "LOGIN" to current_user', NOT_ALLOWED),
    ("grant all on schema NEIGHBOUR to current_user", NOT_ALLOWED),
    ("create function f() returns text language sql security definer as 'select 1::text'", NOT_ALLOWED),
    (
        "create function f() returns text language plpgsql as 'begin execute ''reset role''; return current_user; end'",
        NOT_ALLOWED,
    ),
    ("create function pg_temp.f() returns text language sql as 'select 1::text'", NOT_ALLOWED),
    ("create function NEIGHBOUR.f() returns text language sql as 'select 1::text'", NOT_ALLOWED),
    ("create operator = (procedure = texteq, leftarg = text, rightarg = text)", NOT_ALLOWED),
    ("create or replace function pg_catalog.lower(text) returns text language sql as 'select $1'", NOT_ALLOWED),
    ("do $$ begin execute 'reset role'; end $$", NOT_ALLOWED),
    ("create trigger t before insert on team execute function suppress_redundant_updates_trigger()", NOT_ALLOWED),
    ("create rule r as on insert to team do also select set_config('role', 'none', true)", NOT_ALLOWED),
    ("copy team to '/tmp/out'", NOT_ALLOWED),
    ("copy team from '/etc/passwd'", NOT_ALLOWED),
    ("copy team to program 'cat'", NOT_ALLOWED),
    ("copy (select * from NEIGHBOUR.team) to stdout", NOT_ALLOWED),
    ("copy team from program 'id'", NOT_ALLOWED),
    ('set session authorization "SUPERUSER"', NOT_ALLOWED),
    ('set role "OWNER"', NOT_ALLOWED),
    ("alter system set listen_addresses = '*'", (NOT_ALLOWED, "25001")),
    ("alter database postgres set work_mem = '1GB'", NOT_ALLOWED),
    ("load 'dblink'", (NOT_ALLOWED, "58P01")),
    ("create event trigger e on ddl_command_start execute function f()", NOT_ALLOWED),
    ("create foreign data wrapper w", NOT_ALLOWED),
    ("create server s foreign data wrapper w", ("42704", NOT_ALLOWED)),
    ("create publication p for all tables", NOT_ALLOWED),
    ('reassign owned by "NEIGHBOURS_ROLE" to current_user', NOT_ALLOWED),
    ("security label on table team is 'x'", ("22023", NOT_ALLOWED)),
    ("checkpoint", NOT_ALLOWED),
]


@pytest.mark.parametrize("run", [by_execute, by_cursor])
@pytest.mark.parametrize(("statement", "expected"), STATEMENTS)
def test_a_statement_that_reaches_out_is_refused(
    house: House, run: Callable[[TenantTransaction, str], object], statement: str, expected: str | tuple[str, ...]
) -> None:
    assert house.refusal(statement, run) in (expected if isinstance(expected, tuple) else (expected,))


def test_the_search_path_cannot_shadow_what_is_built_in(house: House) -> None:
    with house.database.transaction(house.tenant) as tx:
        (path,) = tx.rows("select current_setting('search_path')")[0]
        assert path == f'"{house.tenant.schema}", pg_temp'
        assert tx.rows("select lower('A'), current_schemas(true)") == [("a", ["pg_catalog", house.tenant.schema])]


def test_a_stacked_statement_is_refused_where_parameters_are_absent_too(house: House) -> None:
    with pytest.raises(psycopg.errors.SyntaxError), house.database.transaction(house.tenant) as tx:
        tx.connection.cursor().execute("select 1; reset role")


def test_reading_cannot_write(house: House) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        house.database.read(house.tenant, "delete from team returning 1")
    with (
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
        house.database.transaction(house.tenant, read_only=True) as tx,
    ):
        tx.execute("delete from team")


def test_a_read_is_walled_in_like_a_transaction(house: House) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.database.read(house.tenant, f"select * from {house.neighbour.schema}.team")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        house.database.read(house.tenant, "select set_config('role', 'none', true)")
    with pytest.raises(psycopg.errors.SyntaxError):
        house.database.read(house.tenant, "select 1; select 2")


def test_the_login_itself_reaches_no_tenant_and_cannot_own_one(house: House) -> None:
    for hostile in (
        f"select * from {house.tenant.schema}.team",
        f"set role {house.tenant.owner}",
        "create table dougong.x (a int)",
        "create role x",
        "select * from pg_authid",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), house.database.control() as tx:
            tx.execute(hostile)


def test_nothing_of_a_tenant_stays_on_the_connection_after_it(house: House) -> None:
    for _ in range(8):
        with house.database.transaction(house.tenant) as tx:
            assert tx.rows("select current_user") == [(house.tenant.role,)]
        with pytest.raises(ZeroDivisionError), house.database.transaction(house.neighbour):
            raise ZeroDivisionError
        assert house.database.read_control("select current_user, current_setting('search_path')") == [
            (house.database.login_role, '"$user", public')
        ]


def test_what_the_owner_creates_the_tenant_may_use_but_not_change(house: House) -> None:
    with house.database.owner(house.tenant) as connection:
        assert connection.execute("select current_user").fetchone() == (house.tenant.owner,)
        connection.execute("create table thing (a integer primary key)")
        connection.execute("create function twice(a integer) returns integer language sql as 'select a * 2'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"select * from {house.neighbour.schema}.team".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from dougong.person")
    with house.database.transaction(house.tenant) as tx:
        tx.execute("insert into thing values (2)")
        assert tx.rows("select twice(a) from thing") == [(4,)]
    assert house.refusal("drop table thing", by_execute) == NOT_ALLOWED
