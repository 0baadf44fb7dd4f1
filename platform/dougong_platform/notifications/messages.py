"""Mails as MIME messages: text and HTML of the same words, in the receiver's language, with links that lead to pages
and never act by themselves. Built by mails.py."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import nh3
from markupsafe import Markup, escape

from dougong_metadata.label import Label
from dougong_platform.notifications.mail_server import MailServer
from dougong_platform.notifications.shown import Shown

PREFERENCES = "/settings/notifications"
INBOX = "/inbox"
_OPEN = Label("Open", "打开")
_WHY = Label("You receive this because of your settings.", "您收到此邮件是因为您的通知设置。")
_CHANGE = Label("Choose what you are told, and where", "选择接收内容与方式")
_ALL = Label("Open the inbox", "打开收件箱")
_MORE = Label("and {n} more", "另有 {n} 条")
_DIGEST = Label("{n} notifications", "{n} 条通知")
_LISTED = 50  # notifications of one digest


@dataclass(frozen=True, slots=True)
class Sender:
    """How a company's mails are signed. `address` None = the installation's."""

    name: str
    address: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says: `html` is the inner part of its body, clean already."""

    subject: str
    text: str
    html: Markup


def message(
    server: MailServer, sender: Sender, words: Words, *, to: str, name: str, stable: str, at: str
) -> EmailMessage:
    """The whole mail. `stable` names it: the same mail has the same Message-ID and Date however often it is tried."""
    made = EmailMessage(policy=SMTP)
    address = _address(sender.address or server.sender)
    domain = address.partition("@")[2] or "localhost"
    made["Subject"] = " ".join(words.subject.split())[:300] or "—"
    made["From"] = Address(display_name=_plain(sender.name), addr_spec=address)
    made["To"] = Address(display_name=_plain(name), addr_spec=_address(to))
    if sender.reply_to:
        made["Reply-To"] = Address(addr_spec=_address(sender.reply_to))
    made["Date"] = format_datetime(dt.datetime.fromisoformat(at))
    made["Message-ID"] = f"<{hashlib.sha256(stable.encode()).hexdigest()[:40]}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made["List-Unsubscribe"] = f"<{server.site}{PREFERENCES}>"
    made.set_content(words.text, cte="base64")
    made.add_alternative(_page(words), subtype="html", cte="base64")
    return made


def of_notification(server: MailServer, one: Shown, locale: str) -> Words:
    """The mail of a single notification."""
    link = f"{server.site}{one.path or INBOX}"
    lines = [
        one.title,
        "",
        *([one.body, ""] if one.body else []),
        f"{_OPEN.text(locale)}: {link}",
        "",
        *_foot(server, locale),
    ]
    html = Markup("<h1 style='font-size:18px;margin:0 0 12px'>{}</h1>").format(one.title) + _paragraphs(one.body)
    html += Markup("<p><a href='{}' style='{}'>{}</a></p>").format(link, _BUTTON, _OPEN.text(locale))
    return Words(one.title, "\n".join(lines), html + _foot_html(server, locale))


def of_several(server: MailServer, several: Sequence[Shown], org: str, locale: str) -> Words:
    """The mail that gathers what was put off, newest first."""
    subject = (
        f"{org}: {_DIGEST.text(locale).format(n=len(several))}"
        if not locale.startswith("zh")
        else (f"{org}：{_DIGEST.text(locale).format(n=len(several))}")
    )
    lines, html = (
        [subject, ""],
        Markup("<h1 style='font-size:18px;margin:0 0 12px'>{}</h1><ul style='padding-left:18px'>").format(subject),
    )
    for one in several[:_LISTED]:
        link = f"{server.site}{one.path or INBOX}"
        lines += [f"- {one.title}", *([f"  {one.body}"] if one.body else []), f"  {link}"]
        html += Markup("<li style='margin:0 0 10px'><a href='{}' style='color:#2B59C3'>{}</a>{}</li>").format(
            link, one.title, _paragraphs(one.body)
        )
    html += Markup("</ul>")
    if len(several) > _LISTED:
        more = _MORE.text(locale).format(n=len(several) - _LISTED)
        lines.append(more)
        html += Markup("<p>{}</p>").format(more)
    lines += ["", f"{_ALL.text(locale)}: {server.site}{INBOX}", "", *_foot(server, locale)]
    html += Markup("<p><a href='{}' style='{}'>{}</a></p>").format(f"{server.site}{INBOX}", _BUTTON, _ALL.text(locale))
    return Words(subject, "\n".join(lines), html + _foot_html(server, locale))


def of_text(server: MailServer, subject: str, text: str, html: str | None, locale: str, org: str | None) -> Words:
    """A mail whose words somebody else wrote; their HTML is cleaned of everything that acts or loads. `org`: its
    receiver is no user, and is told who writes instead of where to choose."""
    inner = _paragraphs(text)
    if html:
        inner = Markup(nh3.clean(html, tags=_TAGS, url_schemes=_LINKS))  # noqa: S704 - cleaned in this very line
    foot = [f"-- \n{org}"] if org else _foot(server, locale)
    foot_html = Markup("<p style='{}'>{}</p>").format(_FOOT, org) if org else _foot_html(server, locale)
    return Words(subject, "\n".join([text, "", *foot]), inner + foot_html)


_BUTTON = (
    "display:inline-block;padding:8px 16px;border-radius:6px;background:#2B59C3;color:#FFFFFF;text-decoration:none"
)
_FOOT = "margin:24px 0 0;padding-top:12px;border-top:1px solid #E8E8E3;color:#5F6670;font-size:12px"
# What inline styles cannot say: phones and the dark, for the programs that know of them.
_STYLE = (
    "@media (max-width:480px){body{padding:0!important}"
    ".sheet{padding:16px!important;border-width:0!important;border-radius:0!important}}"
    "@media (prefers-color-scheme:dark){body{background:#15171B!important;color:#E8EAED!important}"
    ".sheet{background:#1B1E23!important;border-color:#2A2E35!important}"
    "[style*='#E8E8E3']{border-color:#2A2E35!important}[style*='color:#5F6670']{color:#A0A7B1!important}"
    "[style*='color:#2B59C3']{color:#82A6F5!important}"
    "[style*='background:#2B59C3']{background:#82A6F5!important;color:#10182B!important}"
    "img{background:#FFFFFF;border-radius:6px}}"
)
_LINKS = {"http", "https", "mailto", "tel"}
_TAGS = {
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "s",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip


def _page(words: Words) -> str:
    return str(
        Markup(
            "<!doctype html><html><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
            "<meta name='color-scheme' content='light dark'><title>{}</title><style>{}</style></head>"
            "<body style='margin:0;padding:24px;background:#FAFAF8;color:#1D2129;"
            'font:14px/22px Inter,-apple-system,"PingFang SC","Microsoft YaHei",sans-serif\'>'
            "<div class='sheet' role='main' style='max-width:600px;margin:0 auto;padding:24px;background:#FFFFFF;"
            "border:1px solid #E8E8E3;border-radius:10px'>{}</div></body></html>"
        ).format(words.subject, Markup(_STYLE), words.html)  # noqa: S704 - a constant
    )


def _paragraphs(text: str) -> Markup:
    if not text:
        return Markup()
    return Markup("<p style='margin:0 0 16px;white-space:pre-line'>{}</p>").format(escape(text))


def _foot(server: MailServer, locale: str) -> list[str]:
    return ["-- ", _WHY.text(locale), f"{_CHANGE.text(locale)}: {server.site}{PREFERENCES}"]


def _foot_html(server: MailServer, locale: str) -> Markup:
    link = f"{server.site}{PREFERENCES}"
    return Markup("<p style='{}'>{} <a href='{}' style='color:#5F6670'>{}</a></p>").format(
        _FOOT, _WHY.text(locale), link, _CHANGE.text(locale)
    )


def _plain(name: str) -> str:
    """A name for a header: one line."""
    return " ".join(name.split())[:100]


def _address(address: str) -> str:
    """With its domain as DNS knows it."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address
