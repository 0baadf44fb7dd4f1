"""Outgoing webhooks, compiled. Part of the Model; read by the jobs that tell other systems of changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_metadata.label import Label

if TYPE_CHECKING:
    from dougong_metadata.expressions import Checked


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """Records of `object` of which the webhook is told when one of `on` (created, updated, deleted, restored) happens
    and `condition` holds (None = always; it sees every field). `fields` are field names and paths, () = all that the
    user it runs as may read.
    """

    object: str
    on: frozenset[str]
    condition: Checked | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookModel:
    """`runs_as` is the e-mail of the user whose rights decide what is told; None = the company tells the named fields
    of every record. Inactive ones are kept, so that their deliveries have a name."""

    name: str
    label: Label
    url: str
    active: bool = True
    description: Label | None = None
    events: tuple[WebhookEvent, ...] = ()
    runs_as: str | None = None
