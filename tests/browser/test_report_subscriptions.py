"""Sharing a report and having it sent, in a real browser: in the drawer, on phones, in the dark."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from functools import partial

import pytest
from playwright.sync_api import Page, expect

import entering
from browsing import save_picture, violations
from catalogue_room import app_over
from dougong_platform import own_documents
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.own_documents.sharing import share, shared_with
from dougong_platform.reports.subscriptions import keeping, links
from dougong_tenants import people
from kept_reports import BODY, Kept, make_kept
from post_office import PostOffice

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
load_handlers()


@pytest.fixture(scope="module")
def kept(module_database_url: str) -> Iterator[Kept]:
    made = make_kept(module_database_url)
    for title, genre, price in (("One", "novel", "10.50"), ("Two", "manual", "4.00"), ("Three", "novel", "8.00")):
        made.make("bob", title=title, genre=genre, price=price)
    yield made
    made.reading.database.close()


@pytest.fixture(scope="module")
def address(kept: Kept, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(app_over(kept.reading, tmp_path_factory.mktemp("home")))


@pytest.fixture
def enter(address: str, open_page: Open) -> Open:
    """`enter(path, who, width, locale, theme)`: a page after the sign-in."""
    return partial(entering.enter, open_page, address)


@pytest.fixture
def report(kept: Kept) -> Iterator[str]:
    made = own_documents.create(kept.caller("bob"), "report", "Books by genre, mine", BODY)
    yield made.id
    kept.reading.run("delete from _own_document returning 1")
    kept.reading.run("delete from _report_subscription returning 1")


def names(kept: Kept, key: str) -> list[tuple[str | None, str]]:
    bob = kept.caller("bob")
    return [(one.name, one.access) for one in shared_with(bob, own_documents.find(bob, key))]


def test_a_report_is_shared_by_keyboard_and_taken_back(kept: Kept, report: str, enter: Open) -> None:
    page = enter(f"/reports/{report}", "bob")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("link", name="Share…").click()
    box = page.locator("#report-subject")
    expect(box).to_be_visible()
    box.focus()
    page.keyboard.type("rea")
    expect(page.get_by_role("option", name="Reader")).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Shared with Reader")).to_be_visible()
    assert names(kept, report) == [("Reader", "read")]
    page.get_by_role("button", name="Let edit Reader").click()
    expect(page.get_by_role("button", name="Let only read Reader")).to_be_visible()
    assert violations(page) == []
    save_picture(page, "report-share-1280-en")
    page.get_by_role("button", name="No longer share with Reader").click()
    expect(page.get_by_text("Shared with nobody yet.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Taken back")).to_be_visible()
    assert names(kept, report) == [("Reader", "edit")]


def test_a_report_is_subscribed_to_changed_and_paused_in_the_drawer(kept: Kept, report: str, enter: Open) -> None:
    page = enter(f"/reports/{report}", "bob")
    page.get_by_role("link", name="Subscribe").first.click()
    expect(page.get_by_role("heading", name="New subscription")).to_be_visible()
    page.get_by_label("Every month on day").check()
    page.get_by_label("Day of the month").select_option("31")
    page.get_by_label("Hour of the day").select_option("18")
    page.get_by_label("Another person").fill("Dan")
    expect(page.locator("a[role=option]", has_text="Dan")).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_label("Dan", exact=True)).to_be_checked()
    assert violations(page) == []
    save_picture(page, "report-subscribe-1280-en")
    page.get_by_role("button", name="Subscribe", exact=True).last.click()
    expect(page.get_by_role("status").filter(has_text="Subscribed. Next:")).to_be_visible()
    (one,) = keeping.list_for(kept.caller("bob"))
    assert {recipient.id for recipient in one.recipients} == {kept["bob"], kept["dan"]}
    expect(page.get_by_text("On day 31 of every month at 18:00").first).to_be_visible()
    page.get_by_role("link", name="Change On day 31").click()
    expect(page.get_by_role("heading", name="Change the subscription")).to_be_visible()
    page.get_by_label("Every day").check()
    page.get_by_label("Only if").select_option("rows")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Every day at 18:00").first).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused").first).to_be_visible()
    assert violations(page) == []
    assert not keeping.find(kept.caller("bob"), one.id).active


@pytest.mark.parametrize(
    ("width", "locale", "theme"),
    [(1280, "zh", "light"), (390, "zh", "light"), (390, "en", "dark"), (360, "en", "light")],
)
def test_the_pages_are_whole_on_every_screen(
    kept: Kept, report: str, enter: Open, width: int, locale: str, theme: str
) -> None:
    bob = kept.caller("bob")
    wanted = [
        {"kind": "user", "id": kept["dan"]},
        {"kind": "department", "id": kept["north"]},
        {"kind": "permission_set", "id": "reader", "access": "edit"},
        {"kind": "everybody"},
    ]
    share(bob, report, wanted)
    recipients = [{"kind": "user", "id": kept["bob"]}, {"kind": "permission_set", "id": "reader"}]
    keeping.create(bob, "report", report, {"cadence": "weekly", "weekday": 1, "hour": 8, "recipients": recipients})
    paused = keeping.create(bob, "report", report, {"cadence": "daily", "hour": 7, "only_if": {"rows": True}})
    keeping.change(bob, paused.id, {"active": False})
    first = True
    for name, path in (
        ("share", f"/reports/{report}/share"),
        ("subscriptions", f"/reports/{report}/subscriptions"),
        ("my-subscriptions", "/settings/subscriptions"),
    ):
        if first:
            page = enter(path, "bob", width, locale, theme)
        else:
            page.goto(f"{'/'.join(page.url.split('/')[:3])}{path}")
        first = False
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        save_picture(page, f"report-{name}-{width}-{locale}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
        assert violations(page) == [], name


def test_the_link_of_a_mail_asks_before_it_unsubscribes(kept: Kept, report: str, address: str, open_page: Open) -> None:
    one = keeping.create(kept.caller("bob"), "report", report, {"cadence": "daily", "hour": 7})
    page = open_page(address + links.path(kept.reading.database, kept.reading.tenant, one.id, kept["bob"]), width=390)
    expect(page.get_by_text("is sent to you regularly")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("is not sent to you any more")).to_be_visible()
    save_picture(page, "report-unsubscribe-390-en")
    assert violations(page) == []
    page.get_by_role("button", name="Get it again").click()
    expect(page.get_by_text("is sent to you regularly")).to_be_visible()
    assert keeping.find(kept.caller("bob"), one.id).gone == ()


def letter_of(mail: EmailMessage) -> str:
    """What a mail program shows, with its pictures."""
    part = mail.get_body(("html",))
    assert part is not None
    said = str(part.get_content())
    for picture in mail.walk():
        if picture.get_content_type() == "image/png":
            drawn = base64.b64encode(picture.get_content()).decode()
            said = said.replace(f"cid:{picture['Content-ID'].strip('<>')}", f"data:image/png;base64,{drawn}")
    return said


@pytest.mark.parametrize(("width", "theme"), [(600, "light"), (390, "light"), (390, "dark")])
@pytest.mark.parametrize("locale", ["en", "zh"])
def test_a_mail_is_readable_on_every_screen(
    kept: Kept, report: str, post_office: PostOffice, address: str, open_page: Open, width: int, theme: str, locale: str
) -> None:
    """Nothing wider than the screen but what scrolls by itself, numbers to the right, pictures said in words."""
    people.update_user(kept.reading.database, kept.reading.tenant, kept["bob"], {"locale": locale})
    values = {f"v{number}": f"SUM(price) * {number + 1}" for number in range(9)}
    body = {"object": "book", "rows": ["genre"], "values": values, "chart": {"type": "bar", "values": ["v0"]}}
    own_documents.change(kept.caller("bob"), report, 1, body=body)
    one = keeping.create(kept.caller("bob"), "report", report, {"cadence": "weekly", "weekday": 1, "hour": 8})
    keeping.send_now(kept.caller("bob"), one.id)
    relay(kept.reading.database, kept.reading.tenant)
    (mail,) = post_office.mails
    page = open_page(f"{address}/sign-in", width=width)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_content(letter_of(mail).replace("<html>", f'<html lang="{locale}">'))
    save_picture(page, f"report-letter-{width}-{locale}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page) == []
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('td + td')).textAlign") == "right"
    expect(page.get_by_text("每周一 8:00" if locale == "zh" else "every Monday at 8:00")).to_be_visible()


def test_a_removal_is_taken_back_from_the_drawer_and_from_the_settings(kept: Kept, report: str, enter: Open) -> None:
    one = keeping.create(kept.caller("bob"), "report", report, {"cadence": "daily", "hour": 7})
    page = enter(f"/reports/{report}", "bob")
    page.get_by_role("link", name="Subscribe").first.click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status").filter(has_text="Removed")).to_be_visible()
    assert keeping.list_for(kept.caller("bob")) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Taken back")).to_be_visible()
    assert violations(page) == []
    assert keeping.find(kept.caller("bob"), one.id).active
    page.goto("/".join(page.url.split("/")[:3]) + "/settings/subscriptions")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Every day at 7:00").first).to_be_visible()


@pytest.mark.parametrize(("width", "locale"), [(1280, "en"), (390, "zh")])
def test_what_people_have_sent_is_listed_and_stopped(
    kept: Kept, report: str, enter: Open, width: int, locale: str
) -> None:
    one = keeping.create(
        kept.caller("bob"), "report", report, {"cadence": "daily", "hour": 7, "filters": {"where": 'genre = "novel"'}}
    )
    page = enter("/builder/people/subscriptions", "ann", width, locale)
    expect(page.get_by_text("Books by genre, mine", exact=True).first).to_be_visible()
    save_picture(page, f"report-subscriptions-of-all-{width}-{locale}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page) == []
    page.get_by_role("button", name="暂停" if locale == "zh" else "Pause").click()
    expect(page.get_by_role("button", name="恢复" if locale == "zh" else "Resume")).to_be_visible()
    assert not keeping.find(kept.caller("bob"), one.id).active
