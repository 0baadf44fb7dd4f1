"""`post_office`: a real SMTP server on loopback that keeps what it is given, and refuses or defers what a test names.

Installed as the process's mail server for as long as the test lasts.
"""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from dougong_platform.notifications.mail_server import hang_mail_server
from dougong_platform.settings import Settings

USER, PASSWORD = "clerk", "s3cret/word"


@dataclass
class PostOffice:
    """`answers`: what is said to a recipient ("550 unknown") instead of taking his mail; `sent`: (recipients, mail)."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[list[str], str, EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for it
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.sent.append((list(envelope.rcpt_tos), envelope.mail_from, parsed))
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        return [mail for _, _, mail in self.sent]

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for recipients, _, mail in self.sent if address in recipients]

    def settings(self, **more: Any) -> Settings:
        url = f"smtp://{USER}:s3cret%2Fword@127.0.0.1:{self.port}"
        given = {"smtp_url": url, "mail_from": "crm@dougong.test", "site_url": "https://crm.test", **more}
        return Settings(home=Path("/nowhere"), **given)


def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)  # aiosmtpd answers


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        office = PostOffice(free.getsockname()[1])
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        server_hostname="localhost",
        authenticator=known,
        auth_require_tls=False,
    )
    controller.start()
    hang_mail_server(office.settings())
    yield office
    hang_mail_server(Settings(home=Path("/nowhere")))
    controller.stop()
