"""A small keep-alive HTTP client and the timing of two servers in turns; used by every endpoint benchmark.

Both servers are asked alternately in one run, so that what else the machine does falls on both alike.
"""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class Connection:
    """One keep-alive connection to a loopback port."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send raw bytes, return (status, body)."""
        self.socket.sendall(request)
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        head = self.buffer[:end].decode("latin-1").lower()
        length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
        while len(self.buffer) < end + 4 + length:
            self._more()
        body = self.buffer[end + 4 : end + 4 + length]
        self.buffer = self.buffer[end + 4 + length :]
        return int(head.split(" ", 2)[1]), body

    def _more(self) -> None:
        received = self.socket.recv(262144)
        if not received:
            raise ConnectionError("the server closed the connection")
        self.buffer += received


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """The bytes of a request with a bearer token."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass(frozen=True)
class Side:
    """One of the two servers compared: its port and what to send, made anew for every turn."""

    port: int
    make: Callable[[int], bytes]
    expect: int = 200


def alternate(ours: Side, theirs: Side, turns: int = 400, warm: int = 60) -> tuple[float, float]:
    """Median seconds of one request for (ours, theirs), asked in turns."""
    sides = (ours, theirs)
    connections = [Connection(side.port) for side in sides]
    seconds: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns + warm):
        order = (0, 1) if turn % 2 else (1, 0)
        for which in order:
            raw = sides[which].make(turn)
            started = time.perf_counter()
            status, body = connections[which].ask(raw)
            taken = time.perf_counter() - started
            if status != sides[which].expect:
                raise RuntimeError(f"{status} from port {sides[which].port}: {body[:400]!r}")
            if turn >= warm:
                seconds[which].append(taken)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def throughput(side: Side, connections: int = 8, seconds: float = 4.0) -> float:
    """Requests per second over some connections at once."""
    counts: list[int] = []
    stop_at = time.perf_counter() + seconds

    def work(offset: int) -> None:
        connection, count = Connection(side.port), 0
        while time.perf_counter() < stop_at:
            status, body = connection.ask(side.make(offset * 100_000 + count))
            if status != side.expect:
                raise RuntimeError(f"{status}: {body[:400]!r}")
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def rounds(measure: Callable[[], tuple[float, float]], times: int = 3) -> tuple[float, float]:
    """The round with the median ratio."""
    results: Sequence[tuple[float, float]] = sorted(
        (measure() for _ in range(times)), key=lambda pair: pair[1] / pair[0]
    )
    return results[len(results) // 2]
