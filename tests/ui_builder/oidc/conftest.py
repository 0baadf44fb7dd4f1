"""`visitor`: nobody yet; `lying` and `real`: the company's provider is the hostile one, or a real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

import identity_provider as provider_program
from coming_in import BACK
from dougong_platform.http.engine import Engine
from dougong_tenants import oidc
from hostile_provider import CLIENT, Hostile
from identity_provider import IdentityProvider
from shelving import Shelving


@pytest.fixture
def visitor(screens: Engine) -> FlaskClient:
    return screens.test_client()


@pytest.fixture
def lying(shelving: Shelving, hostile: Hostile) -> Iterator[Hostile]:
    """The company's provider is the hostile one."""
    values = {"issuer": hostile.issuer, "client_id": CLIENT, "client_secret": "hush"}
    oidc.save_provider(shelving.database, shelving.tenant, "company", values)
    yield hostile
    oidc.remove_provider(shelving.database, shelving.tenant, "company")


@pytest.fixture
def real(shelving: Shelving, identity_provider: IdentityProvider) -> Iterator[IdentityProvider]:
    """The company's provider is the real one."""
    identity_provider.add_client(BACK)
    values = {
        "issuer": identity_provider.issuer,
        "client_id": provider_program.CLIENT,
        "client_secret": provider_program.SECRET,
        "domains": ["library.test"],
        "label": {"en": "House of identities", "zh": "身份之家"},
    }
    oidc.save_provider(shelving.database, shelving.tenant, "company", values)
    yield identity_provider
    oidc.remove_provider(shelving.database, shelving.tenant, "company")
