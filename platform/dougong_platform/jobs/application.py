"""What `celery -A` imports: the queue of this installation with its tasks: relay, sweep and what is watched for."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from celery.signals import worker_process_init, worker_process_shutdown

from dougong_platform import logs
from dougong_platform.jobs.queue import RELAY, SWEEP, WATCH, WATCHED, Doorbell, create_celery, hang_doorbell
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.sweep import sweep
from dougong_platform.jobs.topics import load_handlers, watchers
from dougong_platform.settings import Settings
from dougong_tenants import Database
from dougong_tenants.tenancy.directory import all_tenants, find

_settings = Settings.from_environment()
logs.configure(_settings.log_level)
_redis_url = _settings.redis_url or "redis://127.0.0.1:6379/0"
application = create_celery(_redis_url)
load_handlers()
application.conf.beat_schedule |= {
    watcher.name: {"task": WATCH, "schedule": watcher.every, "args": [name], "options": {"expires": watcher.every}}
    for name, watcher in watchers().items()
}


@lru_cache(maxsize=1)
def _database() -> Database:
    """This process's own; a connection must not be shared over a fork."""
    assert _settings.database_url is not None, "DATABASE_URL is not set"
    return Database(_settings.database_url, 2, secret=_settings.secret or "", application="dougong jobs")


@lru_cache(maxsize=1)
def _doorbell() -> Doorbell:
    return Doorbell(_redis_url)


@worker_process_init.connect  # type: ignore[untyped-decorator]  # celery ships no types
def _begin(**_: Any) -> None:
    hang_doorbell(_redis_url)  # handlers that write records ring for what follows


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]  # celery ships no types
def _end(**_: Any) -> None:
    if _database.cache_info().currsize:
        _database().close()


@application.task(name=RELAY)  # type: ignore[untyped-decorator]  # celery ships no types
def relay_task(tenant: str) -> int:
    """Work off one tenant's outbox."""
    _doorbell().take_down(tenant)
    found = find(_database(), tenant)
    if found is None or found.status != "active":
        return 0
    return relay(_database(), found)


@application.task(name=SWEEP)  # type: ignore[untyped-decorator]  # celery ships no types
def sweep_task() -> list[str]:
    """Repair lost bells of all tenants."""
    bell = _doorbell()
    return sweep(_database(), all_tenants(_database(), active=True), lambda tenant: bell.send(RELAY, tenant))


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
