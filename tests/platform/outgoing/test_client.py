"""The guarded client against real servers that are slow, huge, redirecting or not what their name said a moment ago."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dougong_platform.outgoing import Policy, ask, present_policy
from dougong_platform.outgoing.connection import trust
from dougong_platform.outgoing.errors import AddressRefused, NotReached
from dougong_platform.settings import Settings
from listening import Listener

OPEN = Policy(private=(ip_network("127.0.0.0/8"),))


def resolving(*answers: list[str]) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that gives one answer after the other, the last one for good."""
    left = list(answers)

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    return resolve


@contextmanager
def raw_server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server of bytes on loopback; its port. Connections are served one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def work() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        serve(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def test_a_question_is_answered_with_status_headers_and_body(listener: Listener) -> None:
    answer = ask("POST", f"{listener.url}/ä?q=1", body=b"{}", headers={"X-Mine": "1"}, policy=OPEN)
    assert (answer.status, answer.text, answer.cut, answer.is_success) == (200, "answer 1", False, True)
    (asked,) = listener.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/hook/%C3%A4?q=1", b"{}")
    assert asked.headers["x-mine"] == "1"
    assert asked.headers["host"] == f"127.0.0.1:{listener.port}"
    assert asked.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::ffff:127.0.0.1]", "0"]
)
def test_this_machine_is_not_reached_unless_the_operator_allows_it(host: str, listener: Listener) -> None:
    with pytest.raises((AddressRefused, NotReached)) as refused:
        ask("POST", f"http://{host}:{listener.port}/", policy=Policy())
    assert refused.type is AddressRefused or "name" in refused.value.message("en")
    assert listener.asked == []


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(AddressRefused):
        ask("POST", "https://mixed.test/", policy=Policy(), resolve=resolving(["93.184.216.34", "10.0.0.5"]))


def test_a_name_that_is_rebound_after_the_check_leads_to_the_checked_address_only(listener: Listener) -> None:
    """The resolver is asked once: its second answer, a private address, is never seen, let alone connected to."""
    asked: list[str] = []
    inner = resolving(["127.0.0.2"], ["127.0.0.1"])

    def resolve(host: str, port: int, **more: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        return inner(host, port, **more)

    policy = Policy(private=(ip_network("127.0.0.2/32"),))
    with pytest.raises(NotReached):  # nobody listens on .2
        ask("POST", f"http://rebound.test:{listener.port}/", policy=policy, resolve=resolve)
    assert asked == ["rebound.test"]
    assert listener.asked == []
    with pytest.raises(AddressRefused):  # and the second answer by itself is refused
        ask("POST", f"http://rebound.test:{listener.port}/", policy=policy, resolve=resolve)
    assert listener.asked == []


def test_the_name_in_the_url_is_the_name_in_the_host_header(listener: Listener) -> None:
    ask("POST", f"http://shelf.test:{listener.port}/", policy=OPEN, resolve=resolving(["127.0.0.1"]))
    assert listener.asked[0].headers["host"] == f"shelf.test:{listener.port}"


def test_the_next_address_of_a_name_is_tried_where_one_refuses(listener: Listener) -> None:
    resolve = resolving(["127.0.0.3", "127.0.0.1"])
    assert ask("POST", f"http://two.test:{listener.port}/", policy=OPEN, resolve=resolve).status == 200


@pytest.mark.parametrize(("url", "word"), [("http://far.test/", "https"), ("https://far.test:5432/", "5432")])
def test_public_addresses_are_reached_by_https_on_few_ports_only(url: str, word: str) -> None:
    with pytest.raises(AddressRefused, match=word):
        ask("POST", url, policy=Policy(), resolve=resolving(["93.184.216.34"]))


def test_a_redirect_is_not_followed(listener: Listener) -> None:
    def away(request: BaseHTTPRequestHandler) -> None:
        request.send_response(307)
        request.send_header("Location", f"http://127.0.0.1:{listener.port}/inner")
        request.end_headers()

    listener.answering = away
    answer = ask("POST", listener.url, policy=OPEN)
    assert (answer.status, answer.is_success) == (307, False)
    assert len(listener.asked) == 1


def test_a_huge_answer_is_read_to_the_limit_and_no_further(listener: Listener) -> None:
    sent = [0]

    def huge(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            for _ in range(4_000):
                request.wfile.write(b"x" * 65_536)
                sent[0] += 65_536
        except OSError:
            return

    listener.answering = huge
    answer = ask("POST", listener.url, policy=OPEN, largest=1_000)
    assert (len(answer.body), answer.cut) == (1_000, True)
    time.sleep(0.1)
    assert sent[0] < 200 * 65_536


def _drip(text: bytes, pause: float) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        for one in text:
            connection.sendall(bytes([one]))
            time.sleep(pause)

    return serve


@pytest.mark.parametrize(
    "serve",
    [
        pytest.param(lambda connection: time.sleep(5), id="says nothing"),
        pytest.param(_drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 500, 0.05), id="headers byte by byte"),
        pytest.param(
            _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"a" * 500, 0.05), id="body byte by byte"
        ),
    ],
)
def test_a_slow_answer_ends_at_the_deadline(serve: Callable[[socket.socket], None]) -> None:
    with raw_server(serve) as port:
        began = time.monotonic()
        with pytest.raises(NotReached, match="in time"):
            ask("POST", f"http://127.0.0.1:{port}/", policy=OPEN, seconds=0.5)
        assert time.monotonic() - began < 15  # the drips would take half a minute


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200,
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
    ],
)
def test_what_is_no_http_is_not_reached(said: bytes) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(said)

    with raw_server(serve) as port, pytest.raises(NotReached):
        ask("POST", f"http://127.0.0.1:{port}/", policy=OPEN, seconds=5)


def test_a_header_cannot_smuggle_another_one(listener: Listener) -> None:
    with pytest.raises(NotReached):
        ask("POST", listener.url, headers={"X-Mine": "a\r\nX-Yours: b"}, policy=OPEN)
    assert listener.asked == []


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """An HTTPS server called shelf.test; its port and its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shelf.test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shelf.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(65_536)
            wrapped.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with raw_server(serve) as port:
        yield port, file


def test_a_certificate_is_checked_against_the_name_and_not_the_number(
    secure: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, certificate = secure
    resolve = resolving(["127.0.0.1"])
    with pytest.raises(NotReached, match="certificate"):
        ask("POST", f"https://shelf.test:{port}/", policy=OPEN, resolve=resolve)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    trust.cache_clear()
    try:
        assert ask("POST", f"https://shelf.test:{port}/", policy=OPEN, resolve=resolve).status == 204
        with pytest.raises(NotReached, match="certificate"):
            ask("POST", f"https://other.test:{port}/", policy=OPEN, resolve=resolve)
    finally:
        trust.cache_clear()


def test_an_answer_over_the_network_says_nothing_of_what_listens_inside() -> None:
    """An open and a closed port of a private address are refused with the same words."""
    with raw_server(lambda connection: None) as port:
        said = set()
        for each in (port, 1):
            with pytest.raises(AddressRefused) as refused:
                ask("POST", f"https://127.0.0.1:{each}/", policy=Policy())
            said.add(refused.value.message("en"))
    assert len(said) == 1


def test_the_operators_settings_make_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUGONG_PRIVATE_ADDRESSES", "10.1.0.0/16, 127.0.0.1")
    monkeypatch.setenv("DOUGONG_OUTGOING_PORTS", "443, 9443")
    policy = present_policy()
    assert policy == Policy((ip_network("10.1.0.0/16"), ip_network("127.0.0.1/32")), (443, 9443))
    settings = Settings.from_environment()
    assert Settings.from_environment(settings.as_environment()) == settings
    for wrong in ("x", "443,0", "70000"):
        with pytest.raises(ValueError, match="DOUGONG_OUTGOING_PORTS"):
            Settings.from_environment({"DOUGONG_OUTGOING_PORTS": wrong})
