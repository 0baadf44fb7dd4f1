"""What stands around every page: navigation from the app document under the caller's rights, the person, preferences.

Templates read it as `shell`; it is made when a whole page first asks for it, never for a fragment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import g, request

from dougong_metadata.errors import Fault
from dougong_platform.approvals.reading.inbox import counts
from dougong_platform.errors import CallerOutdated
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import HTML_LANG, current_locale
from dougong_ui_builder.words import lazy_gettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import AppModel, NavigationItem
    from dougong_platform.http.caller import Caller

THEMES = ("auto", "light", "dark")
DENSITIES = ("normal", "compact")


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page that an app document may name (`page: home`). `label` is an English msgid."""

    url: str
    label: str
    icon: str


# Screens add theirs when their module is loaded: `shell.PAGES["reports"] = PageLink(…)`.
PAGES: dict[str, PageLink] = {
    "home": PageLink("/", lazy_gettext("Home"), "home"),
    "search": PageLink("/search", lazy_gettext("Search"), "search"),
    "bin": PageLink("/bin", lazy_gettext("Recycle bin"), "trash"),
}


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    icon: str
    current: bool = False
    count: int | None = None
    hot: bool = False  # the count asks for action
    object: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    label: str | None
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Preferences:
    """What this browser was told: cookies, checked against what exists."""

    locale: str = "en"
    theme: str = "auto"
    density: str = "normal"
    nav: str = "wide"
    keys: str = "on"  # single-letter shortcuts

    @property
    def lang(self) -> str:
        return HTML_LANG[self.locale]


@dataclass(frozen=True, slots=True)
class Shell:
    """`apps`: the apps the caller may switch to; `tabs`: what stands in the phone's tab bar before plus;
    `creatable`: objects of this app of which the caller may create records; `system`: his system rights."""

    org: str
    groups: tuple[Group, ...]
    user: str
    user_id: str
    may_build: bool
    preferences: Preferences
    apps: tuple[tuple[str, str, bool], ...] = ()  # name, label, current
    tabs: tuple[Link, ...] = ()
    creatable: tuple[Link, ...] = field(default=())
    system: frozenset[str] = frozenset()
    approvals: Link | None = None  # with the number of those that wait for the person; None without any flow
    previewing: str = ""  # the name of the person as whom an administrator looks on


def preferences() -> Preferences:
    """Of the current request."""
    cookies = request.cookies

    def one(name: str, allowed: Iterable[str], default: str) -> str:
        value = cookies.get(name)
        return value if value is not None and value in allowed else default

    return Preferences(
        locale=current_locale(),
        theme=one("dg_theme", THEMES, "auto"),
        density=one("dg_density", DENSITIES, "normal"),
        nav=one("dg_nav", ("wide", "narrow"), "wide"),
        keys=one("dg_keys", ("on", "off"), "on"),
    )


def current_caller() -> Caller | None:
    """The signed-in caller of this request, None on pages for everybody."""
    caller: Caller | None = g.get("caller")
    return caller


def current_shell() -> Shell | None:
    """The shell of this request, made once; None when nobody is signed in."""
    if "shell" not in g:
        caller = current_caller()
        g.shell = build_shell(caller, request.path, request.cookies.get("dg_app")) if caller is not None else None
    shell: Shell | None = g.shell
    return shell


def build_shell(caller: Caller, path: str, wanted_app: str | None = None) -> Shell:
    """The shell for a caller on the page at `path`."""
    model, rights = caller.model, caller.rights
    apps = [model.apps[name] for name in rights.apps if name in model.apps]
    app = next((a for a in apps if a.name == wanted_app), apps[0] if apps else None)
    groups = _app_groups(caller, app, path) if app else _all_objects(caller, path)
    objects = [link for group in groups for link in group.links if link.object]
    creatable = tuple(
        Link(label_text(model.objects[link.object]), f"/o/{link.object}/new", link.icon, object=link.object)
        for link in objects
        if link.object and rights.may(link.object, "create")
    )
    return Shell(
        org=label_text(caller.tenant),
        groups=groups,
        user=user_name(caller),
        user_id=caller.user,
        may_build="metadata" in rights.system or bool(rights.kinds),
        preferences=preferences(),
        apps=tuple((a.name, label_text(a), a is app) for a in apps),
        tabs=_tabs(groups, path),
        creatable=creatable,
        system=rights.system,
        approvals=_approvals(caller, path),
        previewing=caller.principal.name if caller.principal is not None and caller.principal.previewed_by else "",
    )


def _approvals(caller: Caller, path: str) -> Link | None:
    """The way to what waits for the person's decision. A page that tells of a fault is drawn without the number."""
    page = PAGES.get("approvals")
    if page is None or not caller.model.approvals:
        return None
    try:
        open_ones = counts(caller)["todo"]
    except CallerOutdated:
        if not g.get("tells_fault"):
            raise  # the page is begun anew, for whom the person is now
        open_ones = 0
    except Fault:
        open_ones = 0
    return Link(str(page.label), page.url, page.icon, _is_current(page.url, path), open_ones or None, hot=True)


def user_name(caller: Caller) -> str:
    """The person's name as their colleagues see it."""
    principal = caller.principal
    return (principal.name or principal.email if principal is not None else "") or caller.user[:8]


def _app_groups(caller: Caller, app: AppModel, path: str) -> tuple[Group, ...]:
    groups = []
    for group in app.groups:
        links = tuple(link for item in group.items if (link := _link(caller, item, path)) is not None)
        if links:
            groups.append(Group(label_text(group.label) if group.label else None, links))
    return tuple(groups)


def _all_objects(caller: Caller, path: str) -> tuple[Group, ...]:
    """Without an app document every object one may read stands in the navigation: pages exist at once. So do the pages
    of numbers, once there are any."""
    home = PAGES["home"]
    numbers = (("dashboards", caller.model.dashboards), ("reports", caller.model.reports))
    pages = [PAGES[name] for name, documents in numbers if documents and name in PAGES]
    links = [
        Link(label_text(o.plural), f"/o/{o.name}", o.icon, _is_current(f"/o/{o.name}", path), object=o.name)
        for o in caller.model.objects.values()
        if not o.system and o.parent is None and caller.rights.may(o.name, "read")
    ]
    return (
        Group(None, (Link(str(home.label), home.url, home.icon, path == home.url),)),
        Group(None, tuple(links)),
        *([Group(None, tuple(_page_link(page, path) for page in pages))] if pages else []),
    )


def _page_link(page: PageLink, path: str) -> Link:
    return Link(str(page.label), page.url, page.icon, _is_current(page.url, path))


def _link(caller: Caller, item: NavigationItem, path: str) -> Link | None:
    """A navigation item as a link; None for an object one may not read or a page that does not exist."""
    if item.object is not None:
        found = caller.model.objects.get(item.object)
        if found is None or not caller.rights.may(item.object, "read"):
            return None
        url = f"/o/{item.object}"
        return Link(label_text(found.plural), url, item.icon or found.icon, _is_current(url, path), object=item.object)
    if item.page is not None:
        page = PAGES.get(item.page)
        if page is None:
            return None
        return Link(label_text(item) or str(page.label), page.url, item.icon or page.icon, _is_current(page.url, path))
    return Link(label_text(item), item.url or "/", item.icon or "link", False)


def _tabs(groups: tuple[Group, ...], path: str) -> tuple[Link, ...]:
    """Home and the first object; the phone's bar adds plus, the inbox and more."""
    links = [link for group in groups for link in group.links]
    objects = [link for link in links if link.object]
    chosen = next((link for link in objects if link.current), objects[0] if objects else None)
    home = PAGES["home"]
    found = Link(str(home.label), home.url, home.icon, path == home.url)
    return (found, chosen) if chosen is not None else (found,)


def _is_current(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url + "/"))
