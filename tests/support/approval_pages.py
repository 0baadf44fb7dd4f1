"""The company of `approving` with its pages: flows with limits, choices, a stage's gate; people who sign in.

`make_company(url)` makes it; `Visitor` is somebody's browser without scripts; `enter` opens a page in Chromium.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page
from werkzeug.test import TestResponse

import entering
from approving import DOCUMENTS, Approving, make_approving
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.http.engine import Engine
from reading import PASSWORD

FLOWS = """
---
kind: approval
name: limited
object: purchase
label: {en: Large purchase, zh: 大额采购}
open: [note]
shown: [total, cost, discount, supplier]
nodes:
  - name: supervisor
    kind: approve
    label: {en: Supervisor, zh: 直属上级}
    by: [{manager: 1}]
    edit: [discount]
    comment: on_refusal
    limit: {hours: 8, working: false, then: transfer, to: [{user: ann@approving.test}]}
  - name: director
    kind: approve
    label: {en: Director, zh: 总监}
    by: [{manager: 2}]
    comment: required
  - {name: told, kind: cc, label: {en: Store, zh: 仓库}, to: [{user: gus@approving.test}]}
---
kind: approval
name: chosen
object: purchase
label: {en: Purchase with a reader, zh: 自选复核}
nodes:
  - {name: reader, kind: approve, label: {en: Reader, zh: 复核人}, by: [{choice: {permission_set: chief}}]}
---
kind: approval
name: papered
object: purchase
record_types: [urgent]
nodes:
  - name: by_papers
    kind: branch
    branches:
      - name: there
        label: {en: With papers, zh: 有附件}
        if: not ISBLANK(papers)
        nodes:
          - name: reader
            kind: approve
            label: {en: Somebody who reads all of the papers that were attached, zh: 通读全部附件的人}
            by: [{user: bea@approving.test}]
          - name: store
            kind: cc
            label: {en: A copy to everybody in the store, zh: 抄送仓库全体}
            to: [{user: gus@approving.test}]
      - {name: none, nodes: []}
---
kind: approval
name: release
object: purchase
label: {en: Release of orders, zh: 下单审批}
submit: {gate: true}
nodes:
  - {name: supervisor, kind: approve, label: {en: Supervisor, zh: 主管}, by: [{manager: 1}]}
---
kind: approval
name: removal
object: supplier
label: {en: Removal, zh: 删除审批}
deletes: true
nodes:
  - {name: director, kind: approve, label: {en: Director, zh: 总监}, by: [{user: cat@approving.test}]}
---
kind: pipeline
name: buying
object: purchase
field: stage
skip: true
stages:
  draft: {}
  asked: {}
  ordered: {approval: release}
  void: {outcome: lost}
"""


def make_company(url: str) -> Approving:
    """The company, in an empty database; its record pages show the stages."""
    documents = DOCUMENTS.replace("highlights: [total, supplier]\n", "highlights: [total, supplier]\npath: stage\n", 1)
    return make_approving(url, documents + FLOWS)


def sent_in(company: Approving, flow: str, who: str = "dan", title: str = "Paper", **values: Any) -> tuple[str, str]:
    """(record, approval): somebody's purchase, submitted by him."""
    record = company.purchase(who, title, **{"total": "1200", **values})
    (answer,) = submit(company.caller(who), flow, "purchase", [record], note=f"About {title}")
    assert answer.approval is not None, answer.problem
    return record, answer.approval


class Visitor:
    """A browser without scripts, after its sign-in."""

    def __init__(self, app: Engine, who: str, locale: str = "en") -> None:
        self.http = app.test_client()
        self.http.post("/sign-in", data={"email": f"{who}@approving.test", "password": PASSWORD})
        found = re.search(r'name="dg-csrf" content="([^"]+)"', self.http.get("/more").text)
        assert found is not None
        self.token = found[1]
        if locale != "en":
            self.post("/preferences", locale=locale, next="/")

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.http.get(path, **more)

    def post(self, path: str, headers: Any = None, **form: Any) -> TestResponse:
        return self.http.post(path, data={"csrf_token": self.token, **form}, headers=headers)


def text(answer: TestResponse) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def words(answer: TestResponse) -> str:
    """What is read on the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(answer)))


def enter(
    open_page: Callable[..., Page],
    address: str,
    path: str,
    who: str,
    width: int = 1280,
    locale: str = "en",
    theme: str = "light",
) -> Page:
    """Somebody of the company's page at `path`; see `entering.enter`."""
    return entering.enter(open_page, address, path, f"{who}@approving.test", width, locale, theme)
