"""The approvals that concern somebody, in four boxes: what waits for him, what he decided, what he submitted, what he
got a copy of. Called by the API, the inbox page and the count that every page shows.

A page is one statement whose rows come out of an index in the order of the page; flows and nodes get their labels from
the version of the flow under which an approval runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dougong_platform.approvals.reading.inbox_statements import BOXES, COUNTS, OF_RECORD, statement
from dougong_platform.approvals.sight.labels import FlowLabels, labels_of
from dougong_platform.errors import BadCursor, BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query import cursor as cursors
from dougong_platform.query import get
from dougong_platform.query.single import addressed

MOST = 100  # rows of a page
LONGEST_SEARCH = 200  # characters
_SEEN = """
update _approval_task set seen_at = now(), state = 'seen'
 where "user" = %(user)s::uuid and approval = %(approval)s::uuid and kind = 'cc' and seen_at is null returning 1
"""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line. `task`, `opened_at`, `closed_at` and `verdict` (its state) are of the task that puts it there, None in
    the box submitted, where `node_label` names all the nodes it waits at. `behalf`: whose task it is, where that is not
    the caller; `decided_by`: who did it in the caller's place. `kind`: decide, consult or cc. `quick`: it may be
    approved without a word and without opening it. `title` is the flow's where the caller may not know what it says.
    """

    approval: str
    flow: str
    flow_label: str
    object: str
    record: str
    title: str
    submitter: str | None
    submitter_name: str | None
    submitted_at: str
    state: str
    node_label: str
    task: str | None
    kind: str | None
    behalf: str | None
    decided_by: str | None
    due_at: str | None
    opened_at: str | None
    closed_at: str | None
    verdict: str | None
    seen_at: str | None
    urged_at: str | None
    quick: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first; `next` is the cursor of the page after it."""

    rows: list[InboxRow]
    next: str | None


def inbox(
    caller: Caller,
    box: str,
    *,
    limit: int = 50,
    cursor: str | None = None,
    flow: str | None = None,
    search: str | None = None,
) -> Page:
    """A page of a box (todo, done, submitted, cc), of one flow where it is named, with `search` in the title.

    Raises BadRequest for another box, BadCursor, CallerOutdated.
    """
    if box not in BOXES:
        raise BadRequest(
            en=f"There is no box “{box[:60]}”: {', '.join(BOXES)}.", zh=f"没有「{box[:60]}」：{'、'.join(BOXES)}。"
        )
    most = max(1, min(limit, MOST))
    words = (search or "").strip()[:LONGEST_SEARCH]
    question = ("approvals", box, flow, words)
    after = _after(cursors.decode(question, cursor)) if cursor else None
    values: dict[str, Any] = {"user": caller.user, "limit": most + 1}
    values |= {"flow": flow} if flow else {}
    values |= {"words": f"%{_escaped(words)}%"} if words else {}
    values |= {"at": after[0], "id": after[1]} if after else {}
    text = statement(box, flow=bool(flow), words=bool(words), after=after is not None)
    entry, rows = caller.database.read(caller.tenant, text, values)
    caller.verify(entry)
    found = _rows(caller, rows[:most])
    return Page(found, cursors.encode(question, rows[most - 1][-2:]) if len(rows) > most else None)


def counts(caller: Caller) -> dict[str, int]:
    """{"todo": tasks that wait for the caller, "submitted": approvals of his that are under way, "cc": copies that he
    has not seen}, each at most COUNTED. Raises CallerOutdated."""
    entry, rows = caller.database.read(caller.tenant, COUNTS, {"user": caller.user})
    caller.verify(entry)
    return dict(zip(("todo", "submitted", "cc"), map(int, rows[0]), strict=True))


def of_record(caller: Caller, object: str, id: str) -> list[InboxRow]:
    """The approvals of a record, newest first, at most MOST. Raises NotFound where the caller may not see it."""
    get(caller, object, id, ["id"])
    entry, rows = caller.database.read(caller.tenant, OF_RECORD, {"object": object, "record": id, "limit": MOST})
    caller.verify(entry)
    return _rows(caller, rows)


def mark_seen(caller: Caller, approval: str) -> bool:
    """The caller has looked at what he got copies of; whether that was new. What is not his is passed over."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        return bool(tx.rows(_SEEN, {"user": caller.user, "approval": addressed(approval)}))


def _rows(caller: Caller, rows: Sequence[Sequence[Any]]) -> list[InboxRow]:
    labels = labels_of(caller, ((row[1], row[2], row[3]) for row in rows))
    return [_row(caller, row, labels[row[1], row[2]]) for row in rows]


def _row(caller: Caller, row: Sequence[Any], labels: FlowLabels) -> InboxRow:
    """One row of a statement: what it says of the approval, then of the task."""
    approval, flow, _, _, object, record, title, submitter, name, submitted_at, state, nodes = row[:12]
    task, kind, behalf, decided_by, due_at, opened_at, closed_at, verdict, seen_at, urged_at = row[12:22]
    locale, node = caller.locale, nodes[0] if len(nodes) == 1 else None
    flow_label = labels.label.text(locale)
    return InboxRow(
        approval=approval,
        flow=flow,
        flow_label=flow_label,
        object=object,
        record=record,
        title=labels.title(caller.rights, object, title, node if task else None) or flow_label,
        submitter=submitter,
        submitter_name=name,
        submitted_at=submitted_at,
        state=state,
        node_label=("、" if locale.startswith("zh") else ", ").join(labels.node(one).text(locale) for one in nodes),
        task=task,
        kind=kind,
        behalf=behalf,
        decided_by=decided_by,
        due_at=due_at,
        opened_at=opened_at,
        closed_at=closed_at,
        verdict=verdict,
        seen_at=seen_at,
        urged_at=urged_at,
        quick=verdict == "open" and kind == "decide" and node in labels.wordless,
    )


def _after(values: Sequence[Any]) -> tuple[str, str]:
    """The moment and the id of a page's last row. Raises BadCursor."""
    try:
        at, id = values
        return dt.datetime.fromisoformat(at).isoformat(), str(UUID(id))
    except (ValueError, TypeError, AttributeError):
        raise BadCursor from None


def _escaped(words: str) -> str:
    """For LIKE, where these mean something."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
