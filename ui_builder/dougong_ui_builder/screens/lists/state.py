"""What a list shows, as its address says it: the view, and whatever was changed since: filter, order, columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import request

from dougong_platform.query.fields import may_read_rule, readable_paths, require_readable, shown_paths
from dougong_platform.saved_views import SavedView, list_views
from dougong_ui_builder.components import label_text

if TYPE_CHECKING:
    from dougong_metadata.model.types import ListViewModel, ObjectModel
    from dougong_platform.http.caller import Caller


@dataclass(frozen=True, slots=True)
class View:
    """A tab: a list view of the metadata, or a saved one (`saved`). `key` is its name or id."""

    key: str
    label: str
    columns: tuple[str, ...]
    filter: str
    sort: tuple[str, ...]
    totals: tuple[str, ...] = ()
    saved: SavedView | None = None


@dataclass(frozen=True, slots=True)
class ListState:
    """`filter` is an expression, "" for none; `columns` and `sort` as in a list view. `board`: the pipeline whose board
    is shown ("" = the first one), None for the list."""

    object: ObjectModel
    views: tuple[View, ...]
    view: View
    columns: tuple[str, ...]
    filter: str
    sort: tuple[str, ...]
    board: str | None = None

    @property
    def changed(self) -> bool:
        """Whether it differs from its view."""
        view = self.view
        return (self.filter, self.sort, self.columns) != (view.filter, view.sort, view.columns)

    def url(
        self,
        part: str = "",
        *,
        view: str | None = None,
        filter: str | None = None,
        sort: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
        **more: str,
    ) -> str:
        """The address of this list (or of its `part`, such as "filter") with something else in place of the given."""
        query: dict[str, str] = {}
        if view is not None:
            return self._address(part, {"view": view} | more)
        if self.view is not self.views[0]:
            query["view"] = self.view.key
        wanted = filter if filter is not None else self.filter
        if wanted != self.view.filter:
            query["filter"] = wanted
        order = tuple(sort) if sort is not None else self.sort
        if order != self.view.sort:
            query["sort"] = ",".join(order)
        shown = tuple(columns) if columns is not None else self.columns
        if shown != self.view.columns:
            query["columns"] = ",".join(shown)
        return self._address(part, query | more)

    def _address(self, part: str, query: dict[str, str]) -> str:
        path = f"/o/{self.object.name}" + (f"/list/{part}" if part else "" if self.board is None else "/board")
        if self.board is not None and (part or self.board):
            query = query | {"board" if part else "pipeline": self.board}
        return path + (f"?{urlencode(query)}" if query else "")


def state_of(caller: Caller, object: str) -> ListState:
    """The state that the request's address says. Raises UnknownName, NotAllowed."""
    require_readable(caller.rights, object)
    model = caller.model.objects[object]
    views = (
        *(_of_metadata(caller, one) for one in caller.model.list_views[object] if _may_see(caller, one)),
        *(_of_person(one) for one in list_views(caller, object)),
    ) or (_plain(caller, model),)
    given = request.args
    view = next((one for one in views if one.key == given.get("view")), views[0])
    return ListState(
        model,
        views,
        view,
        columns=_names(given.get("columns")) or view.columns,
        filter=view.filter if given.get("filter") is None else given["filter"].strip(),
        sort=_names(given.get("sort")) or view.sort,
        board=_board(object),
    )


def _board(object: str) -> str | None:
    """The pipeline whose board the request shows, or whose board's filter it changes."""
    if request.path.startswith(f"/o/{object}/board"):
        return request.args.get("pipeline", "")
    return request.args.get("board")


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())[:50]


def _may_see(caller: Caller, view: ListViewModel) -> bool:
    """A view that filters by what this person may not know is not there for him."""
    return view.filter is None or may_read_rule(caller.rights, view.object, view.filter)


def _of_metadata(caller: Caller, view: ListViewModel) -> View:
    columns, sort, totals = (
        known(caller.rights, view.object, names)
        for known, names in ((shown_paths, view.columns), (readable_paths, view.sort), (readable_paths, view.totals))
    )
    if not columns:
        columns = _plain(caller, caller.model.objects[view.object]).columns
    return View(view.name, label_text(view), columns, view.filter.text if view.filter else "", sort, totals)


def _plain(caller: Caller, model: ObjectModel) -> View:
    """The view of an object that leaves a person none of its own."""
    own = [f.name for f in model.own_fields]
    return View("all", label_text(model.plural), shown_paths(caller.rights, model.name, own)[:5] or ("id",), "", ())


def _of_person(view: SavedView) -> View:
    return View(view.id, view.name, view.columns, view.filter or "", view.sort, view.totals, view)
