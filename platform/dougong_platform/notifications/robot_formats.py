"""How the robots of WeCom, DingTalk and Feishu are addressed: what is posted, how it is signed, what an answer means.
Nothing here speaks to anybody.

WeCom:    developer.work.weixin.qq.com/document/path/91770
DingTalk: open.dingtalk.com/document/robots/custom-robot-access (signature: robots/customize-robot-security-settings)
Feishu:   open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dougong_metadata.label import Label

_LONGEST = {"wecom": 4096, "dingtalk": 18_000, "feishu": 18_000}  # bytes of a message's text
_TITLE = 100  # characters, where the title stands apart
# What a vendor answers when a robot has spoken too often.
TOO_OFTEN = frozenset({45009, 130101, 90030, 11232, 11247})


@dataclass(frozen=True, slots=True)
class Said:
    """`link` goes to the record, `people` are the names of those whom it concerns."""

    title: str
    body: str = ""
    link: str | None = None
    people: tuple[str, ...] = ()
    locale: str = "zh"


@dataclass(frozen=True, slots=True)
class Kind:
    """A maker of robots. `hosts`: where its addresses are (only a hint for people). `signs`: knows a secret."""

    name: str
    label: Label
    host: str
    signs: bool
    build: Callable[[Said], dict[str, Any]]


def request_for(kind: str, address: str, secret: str | None, said: Said, now: float) -> tuple[str, bytes]:
    """The address and the JSON body of one message. `now`: seconds since the epoch."""
    body = KINDS[kind].build(said)
    if secret and kind == "dingtalk":
        moment = str(round(now * 1000))
        query = urlencode({"timestamp": moment, "sign": _sign(secret.encode(), f"{moment}\n{secret}".encode())})
        address = f"{address}{'&' if '?' in address else '?'}{query}"
    if secret and kind == "feishu":
        moment = str(round(now))  # the signed text is the key, and nothing the message: so the maker wants it
        body = {"timestamp": moment, "sign": _sign(f"{moment}\n{secret}".encode(), b""), **body}
    return address, json.dumps(body, ensure_ascii=False).encode()


def failure_of(status: int, text: str) -> tuple[int, str] | None:
    """(code, what the maker says) unless the message was taken: an answer of 200 may hold an error."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, Mapping):
        return (status, text[:200] or "no JSON")
    for code, words in (("errcode", "errmsg"), ("code", "msg"), ("StatusCode", "StatusMessage")):
        if code in found:
            number = found[code]
            if number == 0 and status == 200:
                return None
            return (number if isinstance(number, int) else status, str(found.get(words, ""))[:300])
    return (status, text[:200])


def _sign(key: bytes, words: bytes) -> str:
    return base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()


def _wecom(said: Said) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"content": _cut(_markdown(said), _LONGEST["wecom"])}}


def _dingtalk(said: Said) -> dict[str, Any]:
    text = _cut(_markdown(said, gap="\n\n"), _LONGEST["dingtalk"])
    return {"msgtype": "markdown", "markdown": {"title": said.title[:_TITLE], "text": text}, "at": {"isAtAll": False}}


def _feishu(said: Said) -> dict[str, Any]:
    """Rich text of plain parts: nothing in it is read as a format."""
    lines: list[list[dict[str, Any]]] = []
    if said.body:
        lines.append([{"tag": "text", "text": _cut(said.body, _LONGEST["feishu"])}])
    if said.people:
        lines.append([{"tag": "text", "text": _for(said)}])
    if said.link:
        lines.append([{"tag": "a", "text": _OPEN.text(said.locale), "href": said.link}])
    content = {"title": said.title[:_TITLE], "content": lines or [[{"tag": "text", "text": ""}]]}
    return {"msg_type": "post", "content": {"post": {"zh_cn" if said.locale.startswith("zh") else "en_us": content}}}


_OPEN = Label("Open", "打开")
_FOR = Label("For {people}", "相关人员：{people}")
_ACTIVE = re.compile(r"\](?=\()|[<`*_]|^(?=[#>\-])", re.MULTILINE)


def _markdown(said: Said, gap: str = "\n") -> str:
    parts = [f"**{_inert(said.title)}**"]
    if said.body:
        parts.append(_inert(said.body).replace("\n", gap))
    if said.people:
        parts.append(_inert(_for(said)))
    if said.link:
        parts.append(f"[{_OPEN.text(said.locale)}]({said.link})")
    return gap.join(parts)


def _inert(text: str) -> str:
    """People's words, which are no links, calls to everybody or headings: a character of no width breaks the form."""
    return _ACTIVE.sub(lambda found: f"{found[0]}\u200b", text)


def _for(said: Said) -> str:
    named = ("、" if said.locale.startswith("zh") else ", ").join(said.people[:20])
    return _FOR.text(said.locale).format(people=named + (" …" if len(said.people) > 20 else ""))


def _cut(text: str, bytes_: int) -> str:
    raw = text.encode()
    return text if len(raw) <= bytes_ else raw[: bytes_ - 3].decode("utf-8", "ignore") + "…"


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("wecom", Label("WeCom", "企业微信"), "qyapi.weixin.qq.com", signs=False, build=_wecom),
        Kind("dingtalk", Label("DingTalk", "钉钉"), "oapi.dingtalk.com", signs=True, build=_dingtalk),
        Kind("feishu", Label("Feishu", "飞书"), "open.feishu.cn", signs=True, build=_feishu),
    )
}
