"""Schemathesis plays the API by its own description: nothing it thinks of may fail on the server's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dougong_platform.http.engine import Engine
from reading import Client, Reading

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
EXAMPLES = 8  # per operation and mode
ALIKE = {"shelf", "vault", "team", "department"}  # objects whose operations say nothing that others do not


def operations(app: Engine, client: Client) -> Any:
    schema = schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json")[1])
    schema.app = app
    return schema


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_no_request_that_the_description_allows_or_forbids_breaks_the_server(
    app: Engine, client: Client, client_of: Callable[..., Client], reading: Reading, mode: GenerationMode
) -> None:
    schema = operations(app, client)
    failures: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if ALIKE & set(operation.tags or ()):
            continue
        strategy = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def play(case: Any) -> None:
            answer = case.call(headers=client.headers)
            case.validate_response(answer, checks=CHECKS)

        try:
            play()
        except (FailureGroup, Exception) as error:  # noqa: BLE001  # all operations are played before the test fails
            failures.append(f"{operation.label}: {error}")
    assert not failures, "\n\n".join(failures)
