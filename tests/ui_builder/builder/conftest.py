"""`administrator` and `reader`: browsers without JavaScript, signed in; their `post` fills the form of a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings
from reading import PASSWORD, Reading

ORIGIN = "http://localhost"


class Inputs(HTMLParser):
    """What a browser would send of the form that posts to the page itself: (name, value) in the page's order."""

    def __init__(self, form_id: str | None) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._wanted, self._inside = form_id, False
        self._select: str | None = None
        self._several = False
        self._options: list[tuple[str, bool]] = []
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = "data-main" in given if self._wanted is None else given.get("id") == self._wanted
        if not self._inside:
            return
        name = given.get("name")
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.pairs.append((name, given.get("value") or ""))
        elif tag == "select":
            self._select, self._options, self._several = name, [], "multiple" in given
        elif tag == "option" and self._select:
            self._options.append((given.get("value") or "", "selected" in given))
        elif tag == "textarea" and name:
            self._area = (name, [])

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._select:
            chosen = [value for value, on in self._options if on]
            if not chosen and not self._several:
                chosen = [value for value, _ in self._options[:1]]
            self.pairs += [(self._select, value) for value in chosen]
            self._select = None
        elif tag == "textarea" and self._area:
            self.pairs.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None


class Visitor:
    """A signed-in browser without JavaScript."""

    def __init__(self, http: FlaskClient, email: str) -> None:
        self.http = http
        http.post("/sign-in", data={"email": email, "password": PASSWORD}, headers={"Origin": ORIGIN})

    def get(self, path: str) -> TestResponse:
        return self.http.get(path, headers={"Accept": "text/html"})

    def form(self, path: str) -> MultiDict[str, str]:
        """The inputs of a page's main form as they would be sent back."""
        return self.inputs(self.get(path).text)

    def inputs(self, page: str, form: str | None = None) -> MultiDict[str, str]:
        """The inputs of the main form of a page that was answered, or of the form with that id."""
        read = Inputs(form)
        read.feed(page)
        return MultiDict(read.pairs)

    def post(self, path: str, values: MultiDict[str, str] | dict[str, str] | None = None) -> TestResponse:
        """Send values with the page's token."""
        given = MultiDict(values or {})
        if "csrf_token" not in given:
            found = re.search(r'name="dg-csrf" content="([^"]*)"', self.get("/builder").text)
            assert found is not None
            given["csrf_token"] = found.group(1)
        return self.http.post(path, data=given, headers={"Origin": ORIGIN, "Accept": "text/html"})


@pytest.fixture(scope="module")
def app(reading: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The application over `reading` with its screens."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, reading.database)


@pytest.fixture(scope="module")
def visit(app: Engine) -> Callable[[str], Visitor]:
    return lambda email: Visitor(app.test_client(), email)


@pytest.fixture(scope="module")
def administrator(visit: Callable[[str], Visitor], reading: Reading) -> Visitor:
    return visit("ann@library.test")


@pytest.fixture(scope="module")
def reader(visit: Callable[[str], Visitor], reading: Reading) -> Visitor:
    return visit("bob@library.test")
