"""What can be sent: reports, and whatever a noun above registers. A source knows who may see one, and writes its
letter for one reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup

from dougong_metadata.label import Label
from dougong_metadata.model.types import Model
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.reports.asked import Asked
from dougong_tenants import TenantTransaction


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG within the text; `about` says it to whoever cannot see it."""

    png: bytes
    about: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What one reader is sent. `html` and `text` say the same; the pictures stand above, unless the html has `placed`
    them (as cid:chart0 and so on); `file`: (name, XLSX); `about`: the days that it
    is about."""

    label: str
    text: str
    html: Markup
    pictures: tuple[Picture, ...] = ()
    file: tuple[str, bytes] | None = None
    placed: bool = False
    about: str = ""


class Source(Protocol):
    """One kind of what is sent."""

    def label(self, caller: Caller, key: str) -> Label:
        """What it is called. Raises NotFound for what the caller may not see, InvalidDocuments for what is broken."""

    def check(self, caller: Caller, key: str, asked: Asked, only_if: Mapping[str, Any] | None) -> None:
        """Raise a Fault with status 400 or 422 for what cannot be asked of it."""

    def asked(self, caller: Caller, key: str, filters: Mapping[str, str]) -> list[str]:
        """What is asked of it, in words: ["Period: This month", …]. Raises as `label`."""

    def letter(self, caller: Caller, key: str, asked: Asked, only_if: Mapping[str, Any] | None) -> Letter | None:
        """The reader's letter; None where `only_if` does not hold for him."""


_SOURCES: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """Make a kind known; again is no harm."""
    _SOURCES[kind] = source


def source_of(kind: str) -> Source:
    """The source of a kind. Raises NotFound."""
    found = _SOURCES.get(kind)
    if found is None:
        raise NotFound
    return found


def label_in(tx: TenantTransaction, model: Model, kind: str, key: str) -> Label:
    """What it is called, whoever may see it; its key where it is gone."""
    known: Mapping[str, Any] = model.reports if kind == "report" else model.dashboards
    if key in known:
        found = known[key].label
        assert isinstance(found, Label)
        return found
    rows = tx.rows("select label from _own_document where id::text = %(key)s", {"key": key})
    return Label(rows[0][0], rows[0][0]) if rows else Label(key, key)
