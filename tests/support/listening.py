"""`listener`: a real HTTP server on loopback that answers as a test tells it to, and remembers what it was asked.

For the tests of what goes out: webhooks, robots. `DOUGONG_PRIVATE_ADDRESSES` must name loopback to reach it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Asked:
    """One request; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answering = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Listener:
    """`statuses` are answered in their order, the last of them for good; `answering` takes over the whole answer."""

    statuses: list[int] = field(default_factory=lambda: [200])
    answering: Answering | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    def forget(self) -> None:
        """As new, on the same port."""
        self.statuses, self.answering = [200], None
        self.asked.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.asked.append(
            Asked(request.command, request.path, {k.lower(): v for k, v in request.headers.items()}, body)
        )
        if self.answering is not None:
            self.answering(request)
            return
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        request.send_response(status)
        text = f"answer {len(self.asked)}".encode()
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)


@contextmanager
def listening() -> Iterator[Listener]:
    """A server until the block ends."""
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.take(self)

        do_GET = do_POST  # noqa: N815 - http.server's name for it

        def log_message(self, format: str, *arguments: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


@pytest.fixture
def private_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator allows loopback, as for a receiver on the same machine."""
    monkeypatch.setenv("DOUGONG_PRIVATE_ADDRESSES", "127.0.0.0/8")
