"""Makes the demo tenant of a pack. Called by `dougong demo`, and by the gallery of its reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.packs import load_pack
from dougong_platform.demo.load import demo_documents, load_demo
from dougong_platform.demo.organise import PASSWORD
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_tenants import Database, tenancy


def make_demo(database: Database, pack: str, name: str, plan: Mapping[str, Any]) -> int:
    """The tenant, its people and its records; the number of records. A half-made one is dropped."""
    about, first = plan["tenant"], plan["organisation"]["people"][0]
    made = provision(
        database,
        name,
        label=Label.of(about["label"], name),
        pack_names=[pack],
        documents=demo_documents(load_pack(pack)),
        administrator=FirstAdministrator(first["email"], PASSWORD, first["name"]),
        locale=about["locale"],
        timezone=about["timezone"],
        currency=about["currency"],
    )
    try:
        return load_demo(database, made, plan)
    except BaseException:
        tenancy.drop(database, name)
        raise
