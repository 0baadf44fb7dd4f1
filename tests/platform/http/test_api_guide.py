"""The examples of docs/api.md run in order, and the guide names every endpoint."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from dougong_platform.http.engine import Engine
from reading import Client

GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```http\n(.*?)\n```\n\n```json\n(\d{3})\n(.*?)\n```", re.DOTALL)
ANYTHING = "…"


def matches(expected: Any, found: Any, known: dict[str, Any]) -> bool:
    """`…` fits anything, also as a key or a list's only entry; `$name` is remembered, then compared."""
    if expected == ANYTHING:
        return True
    if isinstance(expected, str) and expected.startswith("$"):
        return bool(known.setdefault(expected, found) == found)
    if isinstance(expected, dict) and isinstance(found, dict):
        named = {key: value for key, value in expected.items() if key != ANYTHING}
        return (ANYTHING in expected or named.keys() == found.keys()) and all(
            key in found and matches(value, found[key], known) for key, value in named.items()
        )
    if isinstance(expected, list) and isinstance(found, list):
        if expected == [ANYTHING]:
            return bool(found)
        return len(expected) == len(found) and all(matches(*pair, known) for pair in zip(expected, found, strict=True))
    return bool(expected == found)


def filled(text: str, known: dict[str, Any]) -> str:
    return re.sub(r"\$[a-z]+", lambda match: str(known.get(match[0], match[0])), text)


def test_every_example_answers_as_the_guide_says(client: Client) -> None:
    known: dict[str, Any] = {}
    examples = EXAMPLE.findall(GUIDE)
    assert len(examples) == GUIDE.count("```http")
    for request, status, answer in examples:
        head, _, body = filled(request, known).partition("\n\n")
        first, *lines = head.split("\n")
        method, path = first.split(" ", 1)
        path, _, query = path.partition("?")
        pairs = [part.split("=", 1) for part in query.split("&")] if query else []
        given = client.open(
            path,
            method=method,
            query_string=dict(pairs),
            json=json.loads(body) if body else None,
            headers=dict(line.split(": ", 1) for line in lines),
        )
        assert given.status_code == int(status), (first, given.get_json())
        assert matches(json.loads(answer), given.get_json(), known), (first, given.get_json())


def test_the_guide_names_every_endpoint(app: Engine) -> None:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:>]*:)?([^>]+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if path.startswith("/api/"):
                assert f"| `{method}` | `{path}` |" in GUIDE, f"{method} {path}"
            elif path in ("/healthz", "/readyz", "/metrics"):
                assert path in GUIDE
