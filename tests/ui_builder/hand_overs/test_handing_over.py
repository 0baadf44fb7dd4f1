"""Handing somebody's records over without JavaScript: what and to whom, the preview, the result, its undo."""

from __future__ import annotations

import html
import re
from itertools import count

import pytest
from werkzeug.test import TestResponse

from dougong_platform import records
from dougong_platform.hand_overs import Plan, start
from dougong_platform.hand_overs.run import work
from dougong_tenants.people import create_team, create_user, set_members, update_user
from shelving import Person, Shelving

NUMBERS = count()
LIST = "/builder/people/hand-overs"


def text(answer: TestResponse) -> str:
    """The page's words, one blank between them."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[-1])).split())


def hidden(answer: TestResponse) -> dict[str, str]:
    """The hidden inputs of the page's foot: what step 2 hands on."""
    foot = answer.text.split('class="dg-hand-foot"', 1)[1]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', foot)
    return {name: html.unescape(value) for name, value in found if name != "csrf_token"}


@pytest.fixture
def eve(shelving: Shelving) -> str:
    """Somebody who leaves; new for each test."""
    name = f"Eve{next(NUMBERS)}"
    return create_user(shelving.database, shelving.tenant, {"name": name, "email": f"{name}@library.test"}).id


def owned(shelving: Shelving, user: str, number: int) -> list[str]:
    rows = [
        {"title": f"Theirs {n}", "owner": user, "price": str(n), "state": ("open", "done")[n % 2]}
        for n in range(number)
    ]
    return [str(one.id) for one in records.create(shelving.admin, "book", rows).records]


def owners(shelving: Shelving, ids: list[str]) -> list[str]:
    with shelving.database.transaction(shelving.tenant) as tx:
        found = dict(tx.rows("select id, owner from book where id = any(%s::uuid[])", ["{" + ",".join(ids) + "}"]))
    return [found[id] for id in ids]


def test_from_the_question_before_deactivating_to_the_undo(ann: Person, shelving: Shelving, eve: str) -> None:
    books = owned(shelving, eve, 4)
    update_user(shelving.database, shelving.tenant, shelving.cat, {"manager": eve})
    team = create_team(shelving.database, shelving.tenant, f"Team {eve}")
    set_members(shelving.database, shelving.tenant, team, {eve: "lead"})
    asked = text(ann.get(f"/builder/people/{eve}", ask="deactivate"))
    assert "is the owner of 4 records: hand them over first." in asked
    first = ann.get(f"/builder/people/{eve}/hand-over")
    assert "4 go" in text(first)
    assert "Manager of 1 person" in text(first)
    form = {
        "sent": "1",
        "pick.book": "1",
        "which.book": "all",
        "receiver.0:text": "bob",
        "part.reports": "1",
        "part.teams": "1",
    }
    second = ann.post(f"/builder/people/{eve}/hand-over", do="preview", **form)
    said = text(second)
    assert "Books · 4 records Bob" in said
    assert "1 person gets Bob as manager Cat" in said
    assert "Bob takes the place in 1 team" in said
    back = ann.post(f"/builder/people/{eve}/hand-over", do="edit", **hidden(second))
    assert 'value="bob"' in back.text
    done = ann.post(f"/builder/people/{eve}/hand-over", do="start", **hidden(second))
    assert done.status_code == 303
    place = done.headers["Location"]
    assert place.startswith(LIST)
    result = text(ann.get(place))
    assert "Moved 4 Passed over 0 Refused 0" in result
    assert owners(shelving, books) == [shelving.bob] * 4
    history = ann.get(f"/o/book/{books[0]}").text
    assert "in a hand-over" in history
    records.update(shelving.admin, "book", [{"id": books[0], "owner": shelving.cat}])
    assert 'id="undo-hand-over" aria-labelledby="undo-hand-over-title" open' in ann.get(place, ask="undo").text
    assert ann.post(f"{place}/undo").status_code == 303
    undone = text(ann.get(place))
    assert "Given back 3 Left, as changed since 1" in undone
    assert "Theirs 0 Its owner was changed, or it was deleted, since." in undone
    assert owners(shelving, books) == [shelving.cat, eve, eve, eve]
    assert ann.post(f"{place}/undo").status_code == 409
    assert "undone" in text(ann.get(LIST))


def test_a_filter_a_view_and_turns_choose_what_goes_to_whom(ann: Person, shelving: Shelving, eve: str) -> None:
    books = owned(shelving, eve, 6)
    form = {"pick.book": "1", "which.book": "filter", "filter.book": "price >= 2", "receiver.0": shelving.bob}
    more = ann.post(f"/builder/people/{eve}/hand-over", do="more", **form)
    assert 'name="receiver.1:text"' in more.text
    counted = ann.post(f"/builder/people/{eve}/hand-over/counts", island=True, **form)
    assert "4 go" in counted.text
    assert "Preview 4 records" in counted.text
    wrong = ann.post(f"/builder/people/{eve}/hand-over/counts", island=True, **{**form, "filter.book": "nonsense = 1"})
    assert "The filter is wrong" in wrong.text
    refused = ann.post(f"/builder/people/{eve}/hand-over", do="preview", **{**form, "filter.book": "nonsense = 1"})
    assert refused.status_code == 422
    assert 'value="nonsense = 1"' in refused.text
    second = ann.post(f"/builder/people/{eve}/hand-over", do="preview", **{**form, "receiver.1": shelving.cat})
    assert "2 more stay with Eve" in text(second)
    ann.post(f"/builder/people/{eve}/hand-over", do="start", **hidden(second))
    assert owners(shelving, books) == [eve, eve, shelving.bob, shelving.cat, shelving.bob, shelving.cat]
    assert 'value="view:book_open"' in ann.get(f"/builder/people/{eve}/hand-over").text
    assert 'value="view:book_mine"' not in ann.get(f"/builder/people/{eve}/hand-over").text  # it means who looks
    some = ann.get(f"/builder/people/{eve}/hand-over", object="book", ids=",".join([books[0], books[5]]))
    assert "1 go" in text(some)  # the other is somebody else's by now


def test_what_lacks_is_told_at_its_input(ann: Person, shelving: Shelving, eve: str) -> None:
    owned(shelving, eve, 1)
    answer = ann.post(f"/builder/people/{eve}/hand-over", **{"do": "start", "pick.book": "1"})
    assert answer.status_code == 422
    assert 'id="f-receiver-0-note"' in answer.text
    answer = ann.post(
        f"/builder/people/{eve}/hand-over", **{"do": "start", "pick.book": "1", "receiver.0:text": "Nemo"}
    )
    assert "Nobody, or more than one, is called “Nemo”." in html.unescape(answer.text)
    answer = ann.post(f"/builder/people/{eve}/hand-over", **{"do": "start", "pick.book": "1", "receiver.0": eve})
    assert "Somebody else than the one who hands over." in answer.text


def test_a_long_one_shows_how_far_it_is(ann: Person, shelving: Shelving, eve: str) -> None:
    owned(shelving, eve, 501)
    made = start(shelving.admin, Plan(eve, (shelving.bob,)))
    page = ann.get(f"{LIST}/{made.id}")
    assert "0 of 501 records" in text(page)
    assert "0 of 501 records" in text(ann.get(f"{LIST}/{made.id}/progress", island=True))
    work(shelving.database, shelving.tenant, made.id)
    assert ann.get(f"{LIST}/{made.id}/progress", island=True).headers["HX-Redirect"] == f"{LIST}/{made.id}"


def test_a_lists_selection_is_handed_over_owner_by_owner(ann: Person, shelving: Shelving, eve: str) -> None:
    theirs, other = owned(shelving, eve, 3), owned(shelving, shelving.cat, 1)
    assert "/builder/hand-over-chosen/book" in ann.get("/o/book").text
    one = ann.post("/builder/hand-over-chosen/book", id=theirs[:2])
    assert "The chosen ones (2)" in text(one)
    assert "2 go" in text(one)
    several = ann.post("/builder/hand-over-chosen/book", id=[*theirs, *other])
    assert "Hand over 3 records" in text(several)
    assert "Hand over 1 record" in text(several)
    assert ann.post("/builder/hand-over-chosen/book").status_code == 303
    form = {"pick.book": "1", "which.book": "ids", "ids.book": ",".join(theirs[:2]), "receiver.0": shelving.bob}
    ann.post(f"/builder/people/{eve}/hand-over", do="start", **form)
    assert owners(shelving, theirs) == [shelving.bob, shelving.bob, eve]


def test_only_who_looks_after_people_sees_any_of_it(bob: Person, eve: str) -> None:
    for path in (f"/builder/people/{eve}/hand-over", LIST):
        assert bob.get(path).status_code == 403
    assert bob.post(f"/builder/people/{eve}/hand-over", do="start").status_code == 403
    assert bob.post("/builder/hand-over-chosen/book").status_code == 403
    assert "hand-over-chosen" not in bob.get("/o/book").text
