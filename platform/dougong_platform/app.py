"""Composes the application: the engine, every noun's endpoints, and the faces that are installed beside it."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec

from dougong_platform import logs
from dougong_platform.access import rights_for
from dougong_platform.http.client_address import TrustedProxies
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import FindPrincipal, Gate, Via
from dougong_platform.http.rate_limit import RateLimits
from dougong_platform.jobs import hang_doorbell
from dougong_platform.jobs.gauges import show_gauges
from dougong_platform.notifications.mail_server import hang_mail_server
from dougong_platform.releases import release
from dougong_platform.settings import Settings
from dougong_tenants import Database, Principal
from dougong_tenants.authentication import authenticate_session, authenticate_token

# Every noun with endpoints: its module `api` has a `blueprint`.
NOUNS = (
    "query",
    "explain",
    "search",
    "people",
    "people.grants",
    "people.assistants",
    "people.queues",
    "people.permission_sets",
    "security",
    "oidc",
    "exports",
    "records",
    "records.history",
    "releases",
    "files",
    "comments",
    "pipelines",
    "approvals",
    "approvals.insight",
    "shares",
    "notifications",
    "automations",
    "saved_views",
    "own_documents",
    "reports",
    "reports.grouped",
    "reports.subscriptions",
    "dashboards",
    "imports",
    "hand_overs",
    "jobs",
    "webhooks",
    "audit",
    "openapi",
)
LARGEST_FORM = 16 * 1024 * 1024  # bytes of a form without its files
TENANT_SHARE = 20  # how many callers' limits a whole tenant may use up


def create_app(settings: Settings, database: Database | None = None, *, faces: bool = True) -> Engine:
    """A ready application; without `faces` it is the HTTP API alone.

    Nothing is connected yet: the pool opens with the first request, also after a fork.

    Raises ValueError without a database_url.
    """
    logs.configure(settings.log_level)
    if database is None:
        if settings.database_url is None:
            raise ValueError("DATABASE_URL is not set and no database was given.")
        database = Database(settings.database_url, settings.pool_size, secret=settings.secret or "")
    app = Engine("dougong_platform")
    app.database, app.dougong, app.proxies = database, settings, TrustedProxies(settings.trusted_proxies)
    app.config["MAX_CONTENT_LENGTH"] = settings.request_limit
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_FORM
    app.config["MAX_FORM_PARTS"] = 10_000  # mapping a file of 2,000 columns sends several per column
    limits = RateLimits(settings.rate_limit, settings.rate_limit * TENANT_SHARE, settings.redis_url)
    app.gate = Gate(database, _authenticator(database), release.load, rights_for, limits)
    app.extensions["dougong"] = app
    hang_doorbell(settings.redis_url)
    show_gauges(settings.redis_url)
    hang_mail_server(settings)
    register(app, faces=faces)
    return app


def _authenticator(database: Database) -> FindPrincipal:
    def find(via: Via, secret: str, idle: bool) -> Principal:
        if via == "token":
            return authenticate_token(database, secret)
        return authenticate_session(database, secret, idle=idle)

    return find


def register(app: Engine, *, faces: bool) -> None:
    """Register health, every noun's endpoints and the faces."""
    app.register_blueprint(import_module("dougong_platform.http.health").blueprint)
    for noun in NOUNS:
        name = f"dougong_platform.{noun}.api"
        if find_spec(f"dougong_platform.{noun}") is not None and find_spec(name) is not None:
            app.register_blueprint(import_module(name).blueprint)
    if faces:
        for face in entry_points(group="dougong.faces"):
            face.load()(app)
