"""Mails over TLS and STARTTLS, against real servers: encrypted to a name we trust, or not sent at all."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dougong_platform.notifications.mail_server import mail_server_of
from dougong_platform.notifications.smtp import hand_over
from dougong_platform.settings import Settings
from post_office import PASSWORD, PostOffice, known

Serve = Callable[[str], str]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of “localhost”, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*private) + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def serve(office: PostOffice, certificate: Path) -> Iterator[Serve]:
    """`serve("tls" or "starttls")`: the port of a server that takes mails only from who has signed in encrypted."""
    running: list[Controller] = []

    def start(security: str) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            office.port = free.getsockname()[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        more: dict[str, Any] = {"server_hostname": "localhost", "authenticator": known}
        if security == "tls":
            more |= {"ssl_context": context, "auth_require_tls": False}
        else:
            more |= {"tls_context": context, "require_starttls": True, "auth_required": True}
        controller = Controller(office, hostname="localhost", port=office.port, **more)
        controller.start()
        running.append(controller)
        return str(office.port)

    yield start
    for controller in running:
        controller.stop()


def send(url: str) -> None:
    server = mail_server_of(Settings(home=Path("/nowhere"), smtp_url=url, mail_from="crm@dougong.test"))
    assert server is not None
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Hello", "crm@dougong.test", "here@side.test"
    mail.set_content("Good day.")
    hand_over(server, mail, "here@side.test")


@pytest.mark.parametrize(("security", "scheme"), [("starttls", "smtp+starttls"), ("tls", "smtps")])
def test_a_mail_is_sent_over_an_encrypted_connection(
    office: PostOffice, serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch, security: str, scheme: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send(f"{scheme}://clerk:{PASSWORD.replace('/', '%2F')}@localhost:{serve(security)}")
    assert [recipients for recipients, _, _ in office.sent] == [["here@side.test"]]


@pytest.mark.parametrize(("security", "scheme"), [("starttls", "smtp+starttls"), ("tls", "smtps")])
def test_a_certificate_that_nobody_trusts_ends_it_before_the_password_is_said(
    office: PostOffice, serve: Serve, security: str, scheme: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        send(f"{scheme}://clerk:word@localhost:{serve(security)}")
    assert office.sent == []


def test_a_server_that_offers_no_encryption_is_not_spoken_to_in_the_clear(post_office: PostOffice) -> None:
    with pytest.raises(Exception, match="STARTTLS"):
        send(f"smtp+starttls://clerk:word@127.0.0.1:{post_office.port}")
    assert post_office.sent == []
