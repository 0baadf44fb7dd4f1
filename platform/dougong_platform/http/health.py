"""/healthz: the process lives; /readyz: it reaches its database; /metrics: counters for Prometheus."""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from dougong_platform.http.endpoint import engine
from dougong_platform.http.json import answer

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Always 200 while the process answers."""
    return answer({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """200, or 503 (through the error handler) while the database is away."""
    engine().database.check()
    return answer({"status": "ready"})


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text format, of this process."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
