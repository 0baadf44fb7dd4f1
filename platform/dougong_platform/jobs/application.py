"""What `celery -A` imports: the queues of this installation with their tasks: relay, sweep and what is watched for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import structlog
from celery.signals import worker_init, worker_process_init, worker_process_shutdown, worker_shutdown

from dougong_platform import logs
from dougong_platform.jobs.gauges import record
from dougong_platform.jobs.queue import (
    REGULAR,
    RELAY,
    SWEEP,
    WATCH,
    WATCHED,
    Doorbell,
    create_celery,
    hang_doorbell,
)
from dougong_platform.jobs.relay import Slice
from dougong_platform.jobs.sweep import run_regular, sweep
from dougong_platform.jobs.topics import NOW, OUTSIDE, load_handlers, watchers
from dougong_platform.jobs.turns import Turns
from dougong_platform.settings import Settings
from dougong_platform.staying import settle
from dougong_tenants import Database
from dougong_tenants.tenancy.directory import all_tenants, find

SLICE = 0.5  # seconds of one tenant before others have their turn
CONNECTIONS = 20  # at most; opened when needed, so that a process without threads has two
AT_ONCE = 4  # relays for one tenant that call outside, of this process' threads

_settings = Settings.from_environment()
logs.configure(_settings.log_level)
_log = structlog.get_logger(__name__)
_redis_url = _settings.redis_url or "redis://127.0.0.1:6379/0"
_turns = Turns(AT_ONCE)
application = create_celery(_redis_url)
load_handlers()
application.conf.beat_schedule |= {
    watcher.name: {"task": WATCH, "schedule": watcher.every, "args": [name], "options": {"expires": 10 * watcher.every}}
    for name, watcher in watchers().items()
}


@lru_cache(maxsize=1)
def _database() -> Database:
    """This process's own; a connection must not be shared over a fork."""
    assert _settings.database_url is not None, "DATABASE_URL is not set"
    return Database(_settings.database_url, CONNECTIONS, secret=_settings.secret or "", application="dougong jobs")


@lru_cache(maxsize=1)
def _doorbell() -> Doorbell:
    return Doorbell(_redis_url)


def _begin(**_: Any) -> None:
    hang_doorbell(_redis_url)  # handlers that write records ring for what follows


def _settle(**_: Any) -> None:
    settle()  # before a worker forks: its children share what is loaded


def _end(**_: Any) -> None:
    if _database.cache_info().currsize:
        _database().close()


# A forking worker's children get the first pair of signals, a worker with threads only the second.
worker_process_init.connect(_begin)
worker_process_shutdown.connect(_end)
worker_init.connect(_begin)
worker_init.connect(_settle)
worker_shutdown.connect(_end)


@application.task(name=RELAY)  # type: ignore[untyped-decorator]  # celery ships no types
def relay_task(tenant: str, lane: str = NOW) -> int:
    """Work off one lane of a tenant's outbox for a moment; what is left gets another task at the queue's end."""
    bell = _doorbell()
    bell.take_down(tenant, lane)
    found = find(_database(), tenant)
    if found is None or found.status != "active":
        return 0
    limited = lane == OUTSIDE
    if limited and not _turns.begin(tenant):
        return 0
    again, moved = False, set[str]()
    try:
        worked = Slice(_database(), found, lane).work(seconds=SLICE)
        again, moved = worked.more, worked.moved
        return worked.count
    finally:
        if limited:
            again |= _turns.end(tenant)
        for other in moved | ({lane} if again else set()):
            bell.ring(tenant, other)


@application.task(name=SWEEP)  # type: ignore[untyped-decorator]  # celery ships no types
def sweep_task() -> list[str]:
    """Repair lost bells of all tenants, and begin what is regular."""
    bell = _doorbell()
    swept = sweep(
        _database(),
        all_tenants(_database(), active=True),
        lambda tenant, lane: bell.send(RELAY, tenant, lane, lane=lane),
        lambda tenant: bell.send(REGULAR, tenant),
    )
    record(_redis_url, swept)
    return [tenant for tenant, one in swept.items() if one.lanes]


@application.task(name=REGULAR)  # type: ignore[untyped-decorator]  # celery ships no types
def regular_task(tenant: str) -> None:
    """Run what is regular and due for one tenant."""
    found = find(_database(), tenant)
    if found is not None and found.status == "active":
        run_regular(_database(), found)


@application.task(name=WATCH)  # type: ignore[untyped-decorator]  # celery ships no types
def watch_task(watcher: str) -> list[str]:
    """Find the tenants that have something to do, and send each a task of its own."""
    found = watchers()[watcher].find(_database())
    bell = _doorbell()
    for tenant in found:
        bell.send(WATCHED, watcher, tenant)
    return found


@application.task(name=WATCHED)  # type: ignore[untyped-decorator]  # celery ships no types
def watched_task(watcher: str, tenant: str) -> None:
    """Do it for one tenant."""
    found = find(_database(), tenant)
    if found is not None and found.status == "active":
        watchers()[watcher].run(_database(), found)
