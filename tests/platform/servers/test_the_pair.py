"""The suite's own servers, as the other tests meet them."""

from __future__ import annotations

import psycopg
import redis


def test_a_fresh_database_is_empty_and_speaks_utf8(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)
        assert connection.execute("select upper('é') || '中文' collate \"C\"").fetchone() == ("É中文",)


def test_redis_answers_with_its_password(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()
