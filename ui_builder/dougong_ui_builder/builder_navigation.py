"""The builder's own navigation: kinds grouped by what people look for, not by how they are stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dougong_platform.http.caller import Caller
from dougong_tenants import ADMINISTRATOR
from dougong_ui_builder.shell import Group, Link
from dougong_ui_builder.words import lazy_gettext


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind`: the metadata kind whose documents are counted; None for pages that are no kind. `right`: the system right
    that the page asks for; ADMINISTRATOR where only administrators come in."""

    label: str
    url: str
    icon: str
    kind: str | None = None
    right: str = "metadata"


# Screens of further kinds put their entry into the group where people will look for it.
GROUPS: list[tuple[str, list[Entry]]] = [
    (
        lazy_gettext("Data"),
        [
            Entry(lazy_gettext("Objects and fields"), "/builder/objects", "database", "object"),
            Entry(lazy_gettext("Forms and page layouts"), "/builder/layouts", "layout", "layout"),
            Entry(lazy_gettext("List views"), "/builder/list_views", "table", "list_view"),
            Entry(lazy_gettext("Picklists"), "/builder/picklists", "tags", "picklist"),
            Entry(lazy_gettext("Apps and navigation"), "/builder/apps", "layout-dashboard", "app"),
        ],
    ),
    (
        lazy_gettext("Flow"),
        [
            Entry(lazy_gettext("Validations"), "/builder/validations", "shield-check", "validation"),
            Entry(lazy_gettext("Pipelines"), "/builder/pipelines", "arrow-guide", "pipeline"),
            Entry(lazy_gettext("Approvals"), "/builder/approvals", "checkup-list", "approval"),
            Entry(lazy_gettext("Automations"), "/builder/automations", "bolt", "automation"),
        ],
    ),
    (
        lazy_gettext("Access and people"),
        [
            Entry(lazy_gettext("Permission sets"), "/builder/permission_sets", "shield-lock", "permission_set"),
            Entry(lazy_gettext("Sharing rules"), "/builder/sharing", "share", "sharing"),
            Entry(lazy_gettext("People and departments"), "/builder/people", "users-group", right="people"),
            Entry(lazy_gettext("Sign-in security"), "/builder/security", "shield-check", right="people"),
            Entry(lazy_gettext("Company sign-in"), "/builder/oidc", "login-2", right=ADMINISTRATOR),
        ],
    ),
    (
        lazy_gettext("Insight"),
        [
            Entry(lazy_gettext("Reports"), "/builder/reports", "report-analytics", "report"),
            Entry(lazy_gettext("Dashboards"), "/builder/dashboards", "layout-dashboard", "dashboard"),
            Entry(lazy_gettext("Audit log"), "/builder/audit", "history", right="audit"),
            Entry(lazy_gettext("Jobs"), "/builder/jobs", "list-details", right="jobs"),
        ],
    ),
    (
        lazy_gettext("Messages"),
        [
            Entry(lazy_gettext("Templates"), "/builder/templates", "template", "template"),
            Entry(lazy_gettext("Mail and group robots"), "/builder/channels", "robot", right=ADMINISTRATOR),
        ],
    ),
    (
        lazy_gettext("Integration"),
        [
            Entry(lazy_gettext("API tokens"), "/builder/tokens", "key", right="tokens"),
            Entry(lazy_gettext("Webhooks"), "/builder/webhooks", "webhook", "webhook"),
        ],
    ),
]
CHANGES = Entry(lazy_gettext("Changes and releases"), "/builder/changes", "versions")


def builder_groups(
    caller: Caller, path: str, documents: Collection[tuple[str, str]] | None = None
) -> tuple[Group, ...]:
    """The builder's groups with how many of `documents` (by kind and name; else the release's) each kind has."""
    counts: dict[str, int] = {}
    for kind, _name in caller.model.documents if documents is None else documents:
        counts[kind] = counts.get(kind, 0) + 1
    return tuple(
        Group(
            str(label),
            tuple(
                Link(
                    str(e.label),
                    e.url,
                    e.icon,
                    path == e.url or path.startswith(e.url + "/"),
                    counts.get(e.kind, 0) if e.kind else None,
                )
                for e in entries
                if _may_open(caller, e)
            ),
        )
        for label, entries in GROUPS
        if any(_may_open(caller, e) for e in entries)
    )


def _may_open(caller: Caller, entry: Entry) -> bool:
    if entry.right == ADMINISTRATOR:
        return caller.rights.is_admin
    if entry.right == "metadata" and entry.kind is not None:
        return caller.rights.may_shape(entry.kind)
    return entry.right in caller.rights.system
