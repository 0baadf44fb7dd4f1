"""Every role of the demo company opens every screen that its navigation and the records it sees lead to: none fails,
none tells a hidden field's name or an unmasked number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from demo_company import Company
from dougong_platform.app import create_app
from dougong_platform.demo.organise import PASSWORD
from dougong_platform.http.caller import Caller
from dougong_platform.query import list_records
from dougong_platform.query.allowed import allowed_actions
from dougong_platform.settings import Settings

pytestmark = pytest.mark.slow

ROLES = ("boss", "director", "supervisor", "rep", "assistant", "finance", "legal", "marketing", "service")


@pytest.fixture(scope="module")
def enter(demo: Company, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], FlaskClient]:
    """`enter("rep")`: the client of somebody who has signed in, in Chinese."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=demo.database.dsn, secret="test", rate_limit=100_000
    )
    app = create_app(settings, demo.database)

    def go(who: str) -> FlaskClient:
        client = app.test_client()
        assert client.post("/sign-in", data={"email": f"{who}@demo.test", "password": PASSWORD}).status_code == 303
        client.set_cookie("dg_locale", "zh")
        return client

    return go


@pytest.mark.parametrize("who", ROLES)
def test_no_screen_fails_and_none_tells_what_is_hidden(
    demo: Company, enter: Callable[[str], FlaskClient], who: str
) -> None:
    client, caller = enter(who), demo.caller(who)
    numbers = _numbers(demo)
    for path in ("/", "/search?q=数据", "/bin", *_paths(caller)):
        answer = client.get(path)
        assert answer.status_code == 200, (who, path, answer.status_code)
        text = answer.get_data(as_text=True)
        if caller.rights.masked("contact", "mobile"):
            assert not [n for n in numbers if n in text.replace(" ", "")], (who, path)
        if path.startswith("/o/product") and caller.rights.field("product", "cost") == "none":
            assert "成本" not in text


def _paths(caller: Caller) -> list[str]:
    found = []
    for name, model in caller.model.objects.items():
        if model.system or not caller.rights.may(name, "read"):
            continue
        found.append(f"/o/{name}")
        for row in list_records(caller, name, fields=["id"], limit=1).records:
            found.append(f"/o/{name}/{row['id']}")
            if "update" in allowed_actions(caller, name, row["id"]):
                found.append(f"/o/{name}/{row['id']}/edit")
        if model.parent is None and caller.rights.may(name, "create"):
            found.append(f"/o/{name}/new")
    return found


def _numbers(demo: Company) -> list[str]:
    """The mobile numbers of all contacts, without their country."""
    sql = "select right(mobile, 11) from contact where mobile is not null"
    return [str(n) for (n,) in demo.database.read(demo.tenant, sql, custom_plan=False)[1]]
