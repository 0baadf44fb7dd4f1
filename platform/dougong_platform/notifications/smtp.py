"""Hands one message to the mail server. What the server says about it is turned into what the outbox understands: a
refusal for good is given up at once, everything else is tried again."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from urllib.parse import urlsplit

from dougong_platform.jobs import GivenUp
from dougong_platform.notifications.mail_server import MailServer

TIMEOUT = 20  # seconds for each answer of the server


def hand_over(server: MailServer, message: EmailMessage, recipient: str) -> None:
    """Raises GivenUp where the server refuses this mail for good (5xx), smtplib's errors and OSError otherwise."""
    with _opened(server) as connection:
        try:
            connection.send_message(message, from_addr=server.sender, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as refusal:
            code, text = refusal.recipients.get(recipient, (550, b""))
            _judge(code, text, refusal)
        except smtplib.SMTPNotSupportedError as refusal:  # an address outside ASCII, and a server that knows none
            raise GivenUp(str(refusal)) from refusal
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
            _judge(refusal.smtp_code, refusal.smtp_error, refusal)


def _judge(code: int, text: bytes | str, refusal: smtplib.SMTPException) -> None:
    if 500 <= code <= 599:
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        raise GivenUp(f"{code} {said}".strip()[:500]) from refusal
    raise refusal


@contextmanager
def _opened(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and signed in as the settings say. A wrong password is the operator's to mend, not
    this mail's fault: it is tried again."""
    own = urlsplit(server.site).hostname or "localhost"  # said in EHLO; asking DNS for it may take seconds
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=own, timeout=TIMEOUT, context=_trust()
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, local_hostname=own, timeout=TIMEOUT)
    try:
        if server.security == "starttls":
            connection.starttls(context=_trust())
        if server.user:
            connection.login(server.user, server.password or "")
        yield connection
        with suppress(smtplib.SMTPException, OSError):  # the mail has been taken
            connection.quit()
    finally:
        connection.close()


def _trust() -> ssl.SSLContext:
    """The machine's certificates; SSL_CERT_FILE names others."""
    return ssl.create_default_context()
