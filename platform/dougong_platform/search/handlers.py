"""The worker's part of search. Loaded by jobs."""

from __future__ import annotations

from dougong_platform.jobs import LONG, Work, handles
from dougong_platform.search.reindex import reindex


@handles("release", outside=True, lease=3600, lane=LONG)
def follow_release(work: Work) -> None:
    """After a publish: objects whose searched fields changed are gone through again."""
    reindex(work.database, work.tenant, work.payload["base"], work.payload["number"])
