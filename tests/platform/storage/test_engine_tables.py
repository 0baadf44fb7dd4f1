"""The engine's own tables follow the product's version, and the functions that every schema has."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changing import Changing, changing
from dougong_platform.storage import engine_tables
from dougong_tenants import Database


@pytest.fixture(scope="module")
def it(database: Database) -> Changing:
    return changing(database)


def test_upgrading_again_changes_nothing(it: Changing) -> None:
    assert engine_tables.upgrade(it.database, it.tenant) == 0


def test_a_new_version_runs_only_what_it_adds(it: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = (*engine_tables.STATEMENTS, "create table _grown (id integer)", "alter table _grown add column more text")
    monkeypatch.setattr(engine_tables, "STATEMENTS", grown)
    assert engine_tables.upgrade(it.database, it.tenant) == 2
    assert engine_tables.upgrade(it.database, it.tenant) == 0
    assert it.run("select count(more) from _grown") == [(0,)]


def test_a_version_that_fails_leaves_everything_as_it_was(it: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    before = it.run("select * from _engine order by noun")
    grown = (*engine_tables.STATEMENTS, "select 1", "select 1", "create table _half (id integer)", "select 1 / 0")
    monkeypatch.setattr(engine_tables, "STATEMENTS", grown)
    with pytest.raises(Exception, match="division by zero"):
        engine_tables.upgrade(it.database, it.tenant)
    assert it.run("select * from _engine order by noun") == before
    assert it.run("select to_regclass('_half')") == [(None,)]


def test_common_chinese_sorts_by_its_sound_and_latin_without_regard_to_case(it: Changing) -> None:
    words = ["波", "Banana", "张", "啊", "apple", "李", "Cherry", "王"]
    rows = it.run("select w from unnest(%s::text[]) w order by sort_key(w)", [words])
    assert [word for (word,) in rows] == ["apple", "Banana", "Cherry", "啊", "波", "李", "王", "张"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300))
def test_every_text_has_a_sort_key_that_fits_into_an_index(it: Changing, text: str) -> None:
    ((size,),) = it.run("select length(sort_key(%s))", [text])
    assert size <= 800
    assert unicodedata.normalize("NFC", text) is not None


def test_the_longest_choices_fit_into_the_index_of_somebodys_own_records(it: Changing) -> None:
    values = [f"{n}" + "".join(chr(0x20000 + 100 * n + i) for i in range(98)) for n in range(8)]  # 4 bytes each
    choices = {f"choice_{n}": {"type": "picklist", "values": [v], "index": True} for n, v in enumerate(values)}
    it.books({"title": {"type": "text"}, **choices})
    columns = {f"choice_{n}": f"'{value}'" for n, value in enumerate(values)}
    (book,) = it.add("book", **columns)
    assert it.run("select choice_0, choice_7 from book where id = %s::uuid", [book]) == [(values[0], values[7])]
