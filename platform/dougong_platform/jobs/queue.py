"""The Celery application and the doorbell: how a commit in one process wakes a worker in another.

Each lane of the outbox has a queue, so that a worker can be told by celery's -Q which lanes it serves; without, all.
Losing Redis loses nothing: what is to be done stands in the outboxes, and the sweep finds it within 30 seconds.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from dougong_platform.jobs.topics import LANES, LONG, NOW, OUTSIDE

if TYPE_CHECKING:
    from celery import Celery

BELLS = "dougong:bells"
RELAY, SWEEP = "dougong.relay", "dougong.sweep"
WATCH, WATCHED = "dougong.watch", "dougong.watched"
REGULAR = "dougong.regular"
QUEUES = {NOW: "dougong", OUTSIDE: "dougong.outside", LONG: "dougong.long"}
SWEEP_SECONDS = 30
_QUIET_SECONDS = 1.0  # between attempts to reach a Redis that is away

_log = structlog.get_logger(__name__)


def create_celery(redis_url: str) -> Celery:
    """The queue on Redis: JSON only, acknowledged after the work, reconnecting for ever."""
    from celery import Celery  # costs a tenth of a second; a command that rings no bell does not pay it

    application = Celery("dougong", broker=redis_url, set_as_current=False)
    application.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue=QUEUES[NOW],
        task_queues={QUEUES[lane]: {} for lane in LANES},
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=5_000,  # tasks are short and many; a new process costs a second of a core
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 6 * 3600,  # seconds; a task longer than this would be given out twice
            "health_check_interval": 25,
            "socket_keepalive": True,
            "socket_connect_timeout": 5,
            "socket_timeout": 30,
        },
        timezone="UTC",
        enable_utc=True,
        beat_schedule={
            "sweep": {"task": SWEEP, "schedule": float(SWEEP_SECONDS), "options": {"expires": SWEEP_SECONDS - 5}}
        },
    )
    return application


class Doorbell:
    """Rings for tenants after a commit; one per process, safe for threads."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._redis: redis.Redis = redis.Redis.from_url(
            redis_url, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        self._celery: Celery | None = None
        self._wanted: set[tuple[str, str]] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False

    def ring(self, tenant: str, lane: str = NOW) -> None:
        """Wake a worker for the tenant (its name). A thread does it: the caller neither waits nor fails."""
        with self._changed:
            self._wanted.add((tenant, lane))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="doorbell", daemon=True)
                self._thread.start()
            self._changed.notify()

    def take_down(self, tenant: str, lane: str = NOW) -> None:
        """Called by the relay before it looks into the outbox, so that a later ring makes a later task."""
        self._redis.srem(BELLS, _bell(tenant, lane))

    def ring_at_once(self, tenant: str, lane: str = NOW) -> None:
        """As `ring`, without the thread, for whoever can wait. Raises redis' and kombu's errors.

        A bell that hangs already has its task in the queue; the task takes the bell down before it looks.
        """
        if self._redis.sadd(BELLS, _bell(tenant, lane)):
            self.send(RELAY, tenant, lane, lane=lane)

    def send(self, task: str, *arguments: Any, lane: str = NOW) -> None:
        """Put a task into a lane's queue."""
        if self._celery is None:
            self._celery = create_celery(self._url)
            self._celery.conf.broker_transport_options = {"socket_connect_timeout": 1, "socket_timeout": 1}
        self._celery.send_task(task, args=list(arguments), queue=QUEUES[lane], retry=False)

    def close(self) -> None:
        """Ring what is still wanted, then let go of Redis."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(5)
        self._redis.close()
        if self._celery is not None:
            self._celery.close()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._wanted and not self._closing:
                    self._changed.wait()
                if not self._wanted:
                    return
                wanted, self._wanted = self._wanted, set()
            for tenant, lane in wanted:
                self._ring_now(tenant, lane)

    def _ring_now(self, tenant: str, lane: str) -> None:
        try:
            self.ring_at_once(tenant, lane)
        except Exception as problem:  # noqa: BLE001 - redis' and kombu's many errors; the sweep repairs a lost bell
            _log.warning("bell_lost", tenant=tenant, problem=str(problem))
            time.sleep(_QUIET_SECONDS)


def _bell(tenant: str, lane: str) -> str:
    return tenant if lane == NOW else f"{tenant}>{lane}"


_doorbell: Doorbell | None = None


def hang_doorbell(redis_url: str | None) -> None:
    """Set the process's doorbell: called where the process is composed. None takes it away (then rings do nothing)."""
    global _doorbell  # noqa: PLW0603 - one per process by its nature, set once at the start
    if _doorbell is not None:
        _doorbell.close()
    _doorbell = Doorbell(redis_url) if redis_url else None


def ring(tenant: str) -> None:
    """Call after a commit that wrote to the tenant's outbox. Without a doorbell the sweep finds the work."""
    if _doorbell is not None:
        _doorbell.ring(tenant)
