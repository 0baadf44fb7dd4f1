"""Language, appearance and short messages, as cookies of the browser."""

from __future__ import annotations

import base64
import json

import pytest
from flask.testing import FlaskClient

from dougong_ui_builder.same_origin import local_path


def test_a_preference_is_kept_and_leads_back(visitor: FlaskClient) -> None:
    answer = visitor.post("/preferences", data={"theme": "dark", "locale": "zh", "next": "/ui/gallery"})
    assert answer.status_code == 303
    assert answer.location == "/ui/gallery"
    page = visitor.get("/ui/gallery").text
    assert 'data-bs-theme="dark"' in page
    assert 'lang="zh-CN"' in page


def test_nonsense_is_not_kept(visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/preferences", data={"theme": "pink", "locale": "xx", "density": "<", "next": "//elsewhere.example"}
    )
    assert answer.location == "/"
    assert not answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    "path",
    [
        "//elsewhere.example",
        "/\\elsewhere.example",
        "https://elsewhere.example",
        "",
        None,
        "/a\r\nX: y",
        "javascript:1",
    ],
)
def test_no_form_leads_to_another_site(path: str | None) -> None:
    assert local_path(path) == "/"


def test_another_sites_form_is_refused(visitor: FlaskClient) -> None:
    assert (
        visitor.post("/preferences", data={"theme": "dark"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code
        == 403
    )
    assert (
        visitor.post(
            "/preferences", data={"theme": "dark"}, headers={"Origin": "https://elsewhere.example"}
        ).status_code
        == 403
    )


def test_a_message_is_shown_with_its_undo(visitor: FlaskClient) -> None:
    page = visitor.get("/ui/gallery?toast=1").text
    assert "已移到「在架」" in page
    assert 'data-undo="/ui/gallery"' in page


@pytest.mark.parametrize(
    "said",
    [
        b"not base64",
        base64.urlsafe_b64encode(b"{"),
        base64.urlsafe_b64encode(b"[]"),
        base64.urlsafe_b64encode(json.dumps({"text": "<b>x</b>", "undo": "//elsewhere.example"}).encode()),
    ],
)
def test_a_forged_message_does_no_harm(visitor: FlaskClient, said: bytes) -> None:
    visitor.set_cookie("dg_toast", said.decode())
    page = visitor.get("/ui/gallery")
    assert page.status_code == 200
    assert "elsewhere.example" not in page.text
    assert "<b>x</b>" not in page.text


def test_a_failure_keeps_its_page_and_shows_the_request_id(visitor: FlaskClient) -> None:
    answer = visitor.get("/nowhere", headers={"Accept": "text/html", "X-Request-Id": "abcdef0123456789"})
    assert answer.status_code == 404
    assert "abcdef0123456789" in answer.text
    assert visitor.get("/nowhere", headers={"Accept": "application/json"}).mimetype == "application/problem+json"
