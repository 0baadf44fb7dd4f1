"""What everybody sets for himself, without JavaScript: profile, appearance, password, sessions, tokens."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from dougong_platform.http.engine import Engine
from dougong_platform.people.directory import one_user
from dougong_tenants.people import create_user
from dougong_tenants.tokens import list_tokens
from dougong_ui_builder.devices import device_icon, device_words
from reading import PASSWORD
from shelving import Person, Shelving

NEW = "an entirely new password"


def issued(answer: TestResponse) -> str:
    """The token that the page shows."""
    found = re.search(r'value="(dg_[\w-]{40,})"', answer.text)
    assert found is not None, answer.text
    return found[1]


def member(shelving: Shelving, name: str, *sets: str) -> str:
    made = create_user(
        shelving.database,
        shelving.tenant,
        {"name": name.title(), "email": f"{name}@library.test"},
        password=PASSWORD,
        permission_sets=sets,
    )
    return made.id


def test_a_profile_is_saved_and_the_new_name_stands_everywhere(bob: Person, shelving: Shelving) -> None:
    answer = bob.post("/settings", name="Robert B", phone="123", title="Clerk", locale="zh", timezone="Europe/Paris")
    assert answer.status_code == 303
    page = bob.get("/settings").text
    assert 'lang="zh-CN"' in page
    assert page.count("Robert B") > 2
    user = one_user(shelving.admin, shelving.bob)
    assert (user["phone"], user["timezone"], user["locale"]) == ("123", "Europe/Paris", "zh")
    answer = bob.post("/settings", name=" ", timezone="Mars/North", email="else@library.test", locale="en")
    assert answer.status_code == 422
    assert one_user(shelving.admin, shelving.bob)["email"] == "bob@library.test"
    bob.post("/settings", name="Bob", locale="en", timezone="")


def test_the_appearance_is_kept_in_the_browser(bob: Person) -> None:
    bob.post("/settings/appearance", theme="dark", density="compact", keys="off")
    page = bob.get("/settings").text
    assert 'data-bs-theme="dark"' in page
    assert 'data-density="compact"' in page
    assert 'data-keys="off"' in page
    bob.post("/settings/appearance", theme="nonsense", keys=["off", "on"])
    assert 'data-keys="on"' in bob.get("/settings").text


def test_changing_the_password_ends_the_other_sessions(shelving: Shelving, person: Callable[[str], Person]) -> None:
    member(shelving, "dan")
    one, other = person("dan"), person("dan")
    wrong = one.post("/settings/password", present="nonsense", new=NEW, again=NEW)
    assert wrong.status_code == 422
    assert "The present password is not right." in wrong.text
    assert one.post("/settings/password", present=PASSWORD, new=NEW, again=NEW + "!").status_code == 422
    assert one.post("/settings/password", present=PASSWORD, new=NEW, again=NEW).status_code == 303
    assert one.get("/settings").status_code == 200
    assert other.get("/settings").status_code == 303


def test_sessions_are_listed_and_ended(shelving: Shelving, person: Callable[[str], Person]) -> None:
    member(shelving, "eve")
    one, two, three = person("eve"), person("eve"), person("eve")
    page = one.get("/settings/security").text
    ids = re.findall(r'data-session="([^"]+)"', page)
    ends = re.findall(r'action="/settings/sessions/([^/"]+)/end"', page)
    assert len(ids) == 3
    assert len(ends) == 2  # not the one that asks
    assert one.post(f"/settings/sessions/{ends[0]}/end").status_code == 303
    assert sorted([two.get("/settings").status_code, three.get("/settings").status_code]) == [200, 303]
    assert one.post("/settings/sessions/end-others").status_code == 303
    assert two.get("/settings").status_code == three.get("/settings").status_code == 303
    assert one.get("/settings").status_code == 200


def test_nobody_ends_the_session_or_revokes_the_token_of_another(ann: Person, bob: Person, shelving: Shelving) -> None:
    theirs = re.findall(r'data-session="([^"]+)"', ann.get("/settings/security").text)[0]
    assert bob.post(f"/settings/sessions/{theirs}/end").status_code == 404
    shelving.token(shelving.ann, "read")
    token = list_tokens(shelving.database, shelving.tenant, shelving.ann)[0].id
    assert bob.post(f"/settings/tokens/{token}/revoke").status_code == 404


def test_a_token_is_shown_once_works_and_is_revoked(ann: Person, screens: Engine, shelving: Shelving) -> None:
    answer = ann.post("/settings/tokens", name="Nightly", scopes=["read"], expiry="30")
    token = issued(answer)
    assert token not in ann.get("/settings/tokens").text
    headers = {"Authorization": f"Bearer {token}"}
    program = screens.test_client()
    assert program.get("/api/v1/records/book", headers=headers).status_code == 200
    assert program.get("/builder/tokens", headers=headers).status_code == 403  # not among its scopes
    assert program.post("/settings/tokens", data={"name": "More", "scopes": "read"}, headers=headers).status_code == 403
    found = next(t for t in list_tokens(shelving.database, shelving.tenant, shelving.ann) if t.name == "Nightly")
    assert found.expires_at is not None
    ends = datetime.fromisoformat(found.expires_at)
    assert timedelta(days=29) < ends - datetime.now(UTC) < timedelta(days=32)
    assert ann.post(f"/settings/tokens/{found.id}/revoke").status_code == 303
    assert program.get("/api/v1/records/book", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "", "scopes": "read"}, "A token needs a name"),
        ({"name": "x"}, "Scopes are"),
        ({"name": "x", "scopes": "everything"}, "Scopes are"),
        ({"name": "x", "scopes": "read", "expiry": "day", "day": "2020-01-01"}, "still to come"),
        ({"name": "x", "scopes": "read", "expiry": "day", "day": "nonsense"}, "still to come"),
    ],
)
def test_a_token_that_cannot_be_issued_says_why(ann: Person, form: dict[str, str], said: str) -> None:
    answer = ann.post("/settings/tokens", **form)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)


def test_who_may_not_issue_tokens_is_told_whom_to_ask(bob: Person) -> None:
    assert "Ask an administrator" in bob.get("/settings/tokens").text
    assert bob.post("/settings/tokens", name="x", scopes="read").status_code == 403


def test_administrators_see_and_issue_the_tokens_of_everybody(ann: Person, screens: Engine, shelving: Shelving) -> None:
    answer = ann.post("/builder/tokens", **{"name": "For Bob", "scopes": "read", "expiry": "never", "user:text": "bob"})
    headers = {"Authorization": f"Bearer {issued(answer)}"}
    assert screens.test_client().get("/api/v1/records/book", headers=headers).status_code == 200
    page = ann.get("/builder/tokens").text
    assert "For Bob" in page
    found = list_tokens(shelving.database, shelving.tenant, shelving.bob)[0]
    assert ann.post(f"/builder/tokens/{found.id}/revoke").status_code == 303
    assert ann.post("/builder/tokens", **{"name": "x", "scopes": "read", "user:text": "Nemo"}).status_code == 422


def test_devices_are_named_in_words(english: None) -> None:
    windows = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
    assert device_words(windows) == "Chrome on Windows"
    assert device_words(windows + " Edg/120.0") == "Edge on Windows"
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1"
    assert (device_words(phone), device_icon(phone)) == ("Safari on iPhone", "device-mobile")
    assert device_words("curl/8.0") == "curl"
    assert device_words(None) == "Unknown device"
