"""The job workers of an installation: which of them there are, and how each is started. Used by the supervisor."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from dougong_platform.jobs.queue import QUEUES
from dougong_platform.jobs.topics import LONG, NOW, OUTSIDE
from dougong_platform.settings import Settings

APPLICATION = "dougong_platform.jobs.application:application"
CALLS = 16  # calls to other systems at a time; they wait more than they work


@dataclass(frozen=True, slots=True)
class JobWorker:
    """`title` is for people, `log` the name of its log; `threads`: so many instead of processes."""

    title: str
    log: str
    lane: str
    threads: int | None = None
    beat: bool = False

    def command(self, settings: Settings) -> list[str]:
        """What is run."""
        pool = ["threads", "--concurrency", str(self.threads)] if self.threads else ["prefork", "--concurrency"]
        workers = [] if self.threads else [str(settings.job_workers)]
        beat = ["--beat", "--scheduler", "celery.beat:Scheduler"] if self.beat else []
        return [
            *(sys.executable, "-m", "celery", "-A", APPLICATION, "worker", "--hostname", f"{self.log}@%h"),
            *("--queues", QUEUES[self.lane], "--pool", *pool, *workers, *beat),
            *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", settings.log_level),
        ]


# One for each lane, so that none waits for what takes longer; the first also looks at the clock.
JOB_WORKERS: Mapping[str, JobWorker] = {
    "jobs": JobWorker("The job worker", "jobs", NOW, beat=True),
    "calls": JobWorker("The worker for calls to other systems", "calls", OUTSIDE, threads=CALLS),
    "long_jobs": JobWorker("The worker for long jobs", "long_jobs", LONG),
}
