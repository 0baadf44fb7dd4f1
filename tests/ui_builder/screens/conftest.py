"""`company`: the company of a module's tests with its pages; `visitor(name)`: one of its people in a browser without
scripts. Each test begins without approvals and delegations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from approval_pages import Visitor, make_company
from approving import Approving
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings


@pytest.fixture(scope="module")
def company(module_database_url: str) -> Iterator[Approving]:
    made = make_company(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def app(company: Approving, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=company.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, company.database)


@pytest.fixture(scope="module")
def visitor(app: Engine) -> Callable[..., Visitor]:
    known: dict[str, Visitor] = {}
    return lambda who: known.setdefault(who, Visitor(app, who))


@pytest.fixture(autouse=True)
def empty(company: Approving) -> None:
    company.run("delete from _approval")
    company.run("delete from _approval_delegation")
