"""The inbox, the bell, preferences and group robots in a real browser: by keyboard, on a phone, in the dark and in
Chinese."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import entering
from browsing import save_picture, violations
from catalogue_room import app_over
from dougong_platform.notifications import notify
from dougong_platform.notifications.inbox import mark, unread
from dougong_platform.notifications.mail_server import hang_mail_server
from listening import Listener
from post_office import PostOffice
from sharing import Sharing

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(sharing: Sharing, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(app_over(sharing.reading, tmp_path_factory.mktemp("home")))


@pytest.fixture
def enter(address: str, open_page: Open) -> Open:
    """`enter(path, who, width, locale, theme)`: a page after the sign-in."""
    return partial(entering.enter, open_page, address)


@pytest.fixture(autouse=True)
def empty(sharing: Sharing) -> None:
    for table in ("_outbox", "_notification", "_robot", "_notification_preference", "_notification_times"):
        sharing.reading.run(f"delete from {table} returning 1")


def tell(sharing: Sharing, name: str, title: Any, **more: Any) -> str:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        return notify(tx, tenant=sharing.reading.tenant, users=[sharing[name]], title=title, **more)[0]


def several(sharing: Sharing) -> str:
    """An inbox as it looks after a day; the id of bob's book."""
    book = sharing.make(title="Red Chamber")
    theirs = sharing.make(title="Secret memoirs", owner="cat")
    about: dict[str, Any] = {"object": "book", "record": book}
    old = tell(
        sharing,
        "bob",
        {"en": "“Red Chamber” is due back on 30 November", "zh": "《Red Chamber》应于 11月30日 归还"},
        body={"en": "The reader was told 3 days ago.", "zh": "3 天前已提醒读者。"},
        **about,
    )
    mark(sharing.caller("bob"), [old])
    tell(sharing, "bob", {"en": "You may not know", "zh": "不可见"}, object="book", record=theirs, topic="mention")
    cat = sharing["cat"]
    tell(
        sharing,
        "bob",
        {"en": "Cat shared “Notes on a scandal” with you", "zh": "Cat 与您共享了「Notes on a scandal」"},
        topic="share",
        actor=cat,
        **about,
    )
    tell(
        sharing,
        "bob",
        {"en": "Cat mentioned you on “Red Chamber”", "zh": "Cat 提到了您：「Red Chamber」"},
        body="@Bob the second volume is missing on shelf 3.\nWould you look?",
        topic="mention",
        actor=cat,
        **about,
    )
    return book


def bell(page: Page) -> Any:
    return page.locator("dg-bell:visible [data-count]")


def test_the_bell_counts_by_itself_and_the_inbox_fills_while_one_looks(sharing: Sharing, enter: Open) -> None:
    page = enter("/inbox")
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    expect(bell(page)).to_be_hidden()
    tell(sharing, "bob", {"en": "It is due"})
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # as when the window is looked at again
    expect(bell(page)).to_have_text("1")
    expect(page.locator(".dg-inbox-row")).to_have_count(1)
    page.goto(page.url.replace("/inbox", "/"))
    expect(bell(page)).to_have_text("1")


def test_nothing_changed_costs_nothing_to_say(sharing: Sharing, enter: Open, address: str) -> None:
    tell(sharing, "bob", {"en": "It is due"})
    page = enter("/")
    first = page.request.get(address + "/inbox/unread")
    assert (first.status, first.json()["unread"]) == (200, 1)
    again = page.request.get(address + "/inbox/unread", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body()) == (304, b"")
    tell(sharing, "bob", {"en": "Another"})
    assert page.request.get(address + "/inbox/unread", headers={"If-None-Match": first.headers["etag"]}).status == 200


def test_opening_leads_to_the_record_and_marks_it_read(sharing: Sharing, enter: Open, address: str) -> None:
    book = several(sharing)
    page = enter("/inbox")
    expect(bell(page)).to_have_text("3")
    assert "Secret" not in page.content()
    page.get_by_role("link", name="Cat mentioned you").click()
    page.wait_for_url(f"{address}/o/book/{book}")
    expect(bell(page)).to_have_text("2")
    assert unread(sharing.caller("bob")).unread == 2


def test_it_is_worked_by_keyboard(sharing: Sharing, enter: Open, address: str) -> None:
    book = several(sharing)
    page = enter("/inbox")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Cat mentioned you")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator(".dg-inbox-row.dg-new")).to_have_count(2)
    expect(bell(page)).to_have_text("2")
    page.keyboard.press("m")  # the focus stayed on the row
    expect(page.locator(".dg-inbox-row.dg-new")).to_have_count(3)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Cat shared")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/o/book/{book}")


def test_all_are_marked_read_and_undo_takes_it_back(sharing: Sharing, enter: Open) -> None:
    several(sharing)
    page = enter("/inbox?show=unread")
    expect(page.locator(".dg-inbox-row")).to_have_count(3)
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("3 notifications marked as read")).to_be_visible()
    expect(page.locator("#inbox-entries").get_by_text("All read")).to_be_visible()
    expect(bell(page)).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".dg-inbox-row")).to_have_count(3)
    expect(bell(page)).to_have_text("3")


@pytest.mark.parametrize(
    ("width", "locale", "theme"), [(1280, "en", "light"), (1280, "zh", "dark"), (390, "zh", "light")]
)
def test_the_inbox_and_its_settings_read_well(
    sharing: Sharing, enter: Open, post_office: PostOffice, listener: Listener, width: int, locale: str, theme: str
) -> None:
    several(sharing)
    several(sharing)
    page = enter("/inbox", width=width, locale=locale, theme=theme)
    expect(bell(page)).to_have_text("6")
    assert violations(page) == []
    save_picture(page, f"inbox-{width}-{locale}-{theme}")
    if width == 390:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    sharing.reading.run(
        "insert into _robot (id, name, kind, address, host, reader, locale) values"
        " (gen_random_uuid(), 'Press', 'wecom', 'x', 'localhost', %s, 'en') returning 1",
        [sharing["ann"]],
    )
    page.goto(page.url.replace("/inbox", "/settings/notifications"))
    assert violations(page) == []
    save_picture(page, f"preferences-{width}-{locale}-{theme}")
    if width == 390:
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_one_chooses_is_kept_and_a_wrong_time_is_named(
    sharing: Sharing, enter: Open, post_office: PostOffice
) -> None:
    page = enter("/settings/notifications")
    page.get_by_label("Mentions: Mail").select_option("digest")
    page.get_by_label("Shares: Inbox").uncheck()
    page.get_by_role("switch", name="No e-mails and no group messages").check()
    page.get_by_label("Quiet from").fill("21:30")
    page.get_by_label("Quiet until").fill("21:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Quiet hours end at another time than they begin.")).to_be_visible()
    expect(page.get_by_label("Mentions: Mail")).to_have_value("digest")
    assert violations(page) == []
    page.get_by_label("Quiet until").fill("07:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    expect(page.get_by_label("Mentions: Mail")).to_have_value("digest")
    expect(page.get_by_label("Shares: Inbox")).not_to_be_checked()
    expect(page.get_by_label("Quiet until")).to_have_value("07:00")


def test_without_a_mail_server_the_page_says_so(sharing: Sharing, enter: Open) -> None:
    page = enter("/settings/notifications")
    expect(page.get_by_text("No mail server is set up")).to_be_visible()
    expect(page.get_by_label("Mentions: Mail")).to_have_count(0)


def test_an_administrator_sets_up_a_robot_tries_it_and_removes_it(
    sharing: Sharing, enter: Open, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUGONG_PRIVATE_ADDRESSES", "127.0.0.1")

    def taken(request: BaseHTTPRequestHandler) -> None:
        text = json.dumps({"errcode": 0}).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    listener.answering = taken
    page = enter("/builder/channels", who="ann")
    assert violations(page) == []
    save_picture(page, "channels-empty")
    page.get_by_role("link", name="New robot").first.click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Cannot be saved yet")
    page.get_by_label("Name").fill("Press team")
    page.get_by_label("Product").select_option("dingtalk")
    page.get_by_label("Webhook address").fill(listener.url + "?access_token=hush")
    page.get_by_label("Signing secret").fill("SEC1")
    page.get_by_label("Team").select_option(label="Press")
    assert violations(page) == []
    save_picture(page, "robot")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The robot was saved")).to_be_visible()
    assert "hush" not in page.content()
    page.get_by_role("button", name="Let it say hello").click()
    expect(page.get_by_text("The group was told")).to_be_visible()
    assert "Here speaks your CRM" in listener.asked[0].body.decode()
    page.goto(page.url.rpartition("/")[0])
    expect(page.get_by_role("link", name="Press team")).to_be_visible()
    save_picture(page, "channels")
    actions = sharing.reading.run("select action, details::text from _audit order by at desc limit 1")
    assert actions[0][0] == "robot.kept"
    assert "hush" not in str(actions)
    page.get_by_role("link", name="Press team").click()
    page.get_by_role("button", name="Remove the robot…").click()
    page.get_by_role("button", name="Remove the robot", exact=True).click()
    expect(page.get_by_text("No group hears anything yet")).to_be_visible()


def test_an_administrator_sends_himself_a_mail(sharing: Sharing, enter: Open, post_office: PostOffice) -> None:
    page = enter("/builder/channels", who="ann")
    page.get_by_label("Name").fill("The library")
    page.get_by_label("Sender's address").fill("desk@library.test")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    page.get_by_role("button", name="Send me a mail").click()
    expect(page.get_by_text("The mail server took a mail to ann@library.test")).to_be_visible()
    assert post_office.mails[0]["From"] == "The library <desk@library.test>"
    post_office.answers["ann@library.test"] = "550 no such user"
    page.get_by_role("button", name="Send me a mail").click()
    expect(page.get_by_text("No mail was sent: 550 no such user")).to_be_visible()
    hang_mail_server(post_office.settings(smtp_url=None))
    page.reload()
    expect(page.get_by_text("There is no mail server")).to_be_visible()


def test_only_administrators_come_to_the_robots(enter: Open, address: str) -> None:
    page = enter("/")
    assert page.request.get(address + "/builder/channels").status == 403


def test_a_template_is_written_and_read_for_a_record(sharing: Sharing, enter: Open) -> None:
    sharing.make(title="Red Chamber", genre="novel")
    page = enter("/builder/templates/new?object=book", who="ann")
    expect(page.get_by_text("Write a title, and see here how it reads.")).to_be_visible()
    page.locator("[name='b/title/en']").fill("{{ title }} is due")
    page.locator("[name='b/title/zh']").fill("《{{ title }}》已到期")
    page.locator("[name='b/body/en']").fill("Genre: {{ genre }}\nOwner: {{ owner }}")
    preview = page.locator(".dg-sharing-aside")
    expect(preview).to_contain_text("Red Chamber is due")
    expect(preview).to_contain_text("《Red Chamber》已到期")
    expect(preview).to_contain_text("Owner: Bob")
    assert violations(page) == []
    save_picture(page, "template")
    page.locator("[name='b/body/en']").fill("{{ titel }}")
    expect(preview).to_contain_text("titel")
    page.locator("[name='b/body/en']").fill("Genre: {{ genre }}")
    page.locator("[name='b/label/en']").fill("Due")
    page.locator("[name='@name']").fill("due")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("Saved in the draft")).to_be_visible()
    expect(preview).to_contain_text("Red Chamber is due")


def test_without_javascript_everything_is_a_form(sharing: Sharing, enter: Open, address: str) -> None:
    several(sharing)
    page = enter("/inbox")
    token = page.locator("meta[name=dg-csrf]").get_attribute("content") or ""
    first = page.locator(".dg-inbox-row.dg-new").first.get_attribute("data-notification") or ""
    answer = page.request.post(address + "/inbox/read", form={"csrf_token": token, "id": first, "read": "1"})
    assert answer.url == address + "/inbox"
    assert unread(sharing.caller("bob")).unread == 2
    assert page.request.post(address + "/inbox/read-all", form={"csrf_token": token}).ok
    assert unread(sharing.caller("bob")).unread == 0
    assert page.request.get(address + "/inbox/read-all").status in (404, 405)  # nothing acts by GET
    assert page.request.post(address + "/inbox/read", form={"id": first, "read": "0"}).status == 403
