"""The report builder by mouse, for browser tests: each function is one thing that a person does, and waits until the
builder has taken it up. Fields are named by their paths (shop.region), parts by their names (rows, columns, values,
where).

    choose_object(page, "Orders")
    drag_to_rows(page, "shop.region")
    drag_to_columns(page, "signed_on")
    set_item(page, "columns.0", every="quarter")
    add_value(page, "total", function="SUM")
    set_filter(page, "stage", "in", ["won"])
    name_it(page, "Won by region")
    save(page)
    assert table(page)[0] == …
"""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from browsing import settled, until

NEW = "/reports/new"


# The builder's script is there, a page that has just come has asked for its preview, and everything has been answered.
TAKEN_UP = """document.querySelector('dg-report-designer:defined:not([data-waits]) #rd-preview:not([aria-busy])')
  && !document.querySelector('[data-rd-wait]')"""


def settle(page: Page) -> None:
    """Wait until every change is taken up and the preview shows it."""
    until(page, TAKEN_UP)


def choose_object(page: Page, label: str) -> None:
    """The first step of a new report, by its search box."""
    page.fill("#rd-find-object", label)
    page.locator("#rd-objects li:visible a").filter(has_text=label).first.click()
    page.wait_for_url("**/reports/new?object=*")
    settle(page)


def item(page: Page, address: str) -> Locator:
    """An item of the report: rows.0, values.total."""
    return page.locator(f'[data-id="{address}"]')


def items(page: Page, zone: str) -> list[str]:
    """What stands in a part of the report, in order."""
    found = page.locator(f'[data-zone="{zone}"] summary > .dg-clip:first-of-type')
    return [text.strip() for text in found.all_inner_texts()]


def field(page: Page, path: str) -> Locator:
    """A field on offer; the links and relations before it are opened."""
    steps = path.split(".")
    for end in range(1, len(steps)):
        group = page.locator(f"#rd-g-{'-'.join(steps[:end])}")
        if group.get_attribute("aria-expanded") != "true":
            group.click()
            settle(page)
    return page.locator(f'#rd-palette [data-path="{path}"]').first


def drag(page: Page, path: str, zone: str) -> None:
    """A field into a part of the report, by mouse."""
    source = field(page, path)
    source.scroll_into_view_if_needed()
    target = page.locator(f'[data-zone="{zone}"]')
    target.scroll_into_view_if_needed()
    drag_between(page, source, target)
    settle(page)


def drag_between(page: Page, source: Locator, target: Locator) -> None:
    """From the middle of one element to the end of another."""
    start, end = source.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    x, y = end["x"] + min(end["width"] / 2, 80), end["y"] + end["height"] - 3
    page.mouse.move(start["x"] + 40, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 52, start["y"] + start["height"] / 2 + 8, steps=4)
    page.mouse.move(x, y, steps=12)
    last = 0
    for turn in range(40):  # until the list has taken it in as its last and keeps it there: what makes room moves, too
        settled(page)
        last = last + 1 if target.locator(":scope > .dg-ghost:last-child").count() else 0
        if last == 3:
            break
        there = target.bounding_box()
        assert there is not None
        page.mouse.move(x + 2 + turn % 2, there["y"] + there["height"] - 3, steps=4)
    page.mouse.up()
    expect(page.locator("#rd-panel.dg-rd-dropping")).to_have_count(0)  # the drop has been taken up


def drag_to_rows(page: Page, path: str) -> None:
    drag(page, path, "rows")


def drag_to_columns(page: Page, path: str) -> None:
    drag(page, path, "columns")


def drag_to_values(page: Page, path: str) -> None:
    drag(page, path, "values")


def drag_to_filters(page: Page, path: str) -> None:
    drag(page, path, "where")


def add(page: Page, path: str, zone: str) -> None:
    """A field by its menu: "Add to rows"."""
    field(page, path).locator(".dg-rd-field").first.click()
    menu = page.locator(f'#rd-menu [data-to="{zone}"]')
    if menu.count():
        menu.click()
    settle(page)


def open_item(page: Page, address: str) -> Locator:
    """The form of an item, folded open."""
    found = item(page, address)
    details = found.locator("details.dg-rd-item")
    if details.get_attribute("open") is None:
        found.locator("summary").click()
    return found.locator(".dg-rd-form")


def set_item(page: Page, address: str, **settings: str) -> None:
    """Its settings by name: every="quarter", function="AVG", label="…", top="10", sort="-total"."""
    for name, value in settings.items():
        form = open_item(page, address)
        box = form.locator(f'[name="{address}.{name}"]').first
        if box.evaluate("e => e.tagName") == "SELECT":
            box.select_option(value)
        elif box.get_attribute("type") == "checkbox":
            form.locator(f'[name="{address}.{name}"][value="{value}"]').set_checked(True)
        else:
            box.fill(value)
            box.press("Tab")
        settle(page)


def add_value(page: Page, path: str, function: str = "", **settings: str) -> str:
    """A field as a value; `path` "*": the number of records. Its address."""
    before = set(addresses(page, "values"))
    drag_to_values(page, path)
    (made,) = set(addresses(page, "values")) - before
    set_item(page, made, **({"function": function} if function else {}), **settings)
    return made


def addresses(page: Page, zone: str) -> list[str]:
    """Of the items of a part."""
    found = page.locator(f'[data-zone="{zone}"] > [data-id]').evaluate_all("all => all.map(e => e.dataset.id)")
    return [str(one) for one in found]


def add_formula(page: Page, text: str, label: str = "", **settings: str) -> str:
    """A formula over values: "total / n". Its address."""
    before = set(addresses(page, "values"))
    page.click("#rd-add-formula")
    settle(page)
    (made,) = set(addresses(page, "values")) - before
    set_item(page, made, text=text, **({"label": label} if label else {}), **settings)
    return made


def remove(page: Page, address: str) -> None:
    open_item(page, address).locator(f'[value="remove:{address}"]').click()
    settle(page)


def set_filter(page: Page, path: str, operator: str, values: Sequence[str] = ()) -> None:
    """A line of the filter: the field is dragged there, then its operator and values chosen."""
    drag_to_filters(page, path)
    line = page.locator(".dg-rd-filters .dg-filter-line").last
    chosen = line.locator("select.dg-line-operator")
    if chosen.input_value() != operator:
        chosen.select_option(operator)
        settle(page)
        line = page.locator(".dg-rd-filters .dg-filter-line").last
    for value in values:
        box = line.locator(".dg-line-value :is(select, input:not([type=hidden]))").first
        if box.evaluate("e => e.tagName") == "SELECT":
            _choose(line, value)
        else:
            box.fill(value)
            box.press("Tab")
        settle(page)
        line = page.locator(".dg-rd-filters .dg-filter-line").last


def _choose(line: Locator, value: str) -> None:
    """A value of a picklist, also where it is drawn by an island over the select."""
    line.locator(".dg-line-value select").first.evaluate(
        """(select, value) => {
            if (select.tomselect) select.tomselect.addItem(value);
            else { for (const o of select.options) if (o.value === value) o.selected = true;
                   select.dispatchEvent(new Event("change", {bubbles: true})); }
        }""",
        value,
    )


def set_formula_filter(page: Page, text: str) -> None:
    """The filter as an expression."""
    if not page.locator("#rd-where").count():
        page.click("#rd-where-formula")
        settle(page)
    page.fill("#rd-where", text)
    page.press("#rd-where", "Tab")
    settle(page)


def set_period(page: Page, field: str, range: str = "all", compare: str = "") -> None:
    """The date that the report is about, and which of it."""
    page.select_option("#rd-period-field", field)
    settle(page)
    page.select_option("#rd-period-range", range)
    settle(page)
    if compare:
        page.select_option("#rd-compare", compare)
        settle(page)


def set_select(page: Page, id: str, value: str) -> None:
    """A choice of the panel by its id: #rd-funnel-field, #rd-funnel-mode, #rd-sort, #rd-event …"""
    page.select_option(f"#{id}", value)
    settle(page)


def add_cross(page: Page, relation: str, none: bool = False, where: str = "") -> None:
    """Only records with, or without, such related ones."""
    page.select_option("#rd-relation", relation)
    page.click("#rd-add-cross")
    settle(page)
    made = addresses(page, "cross")[-1]
    set_item(page, made, **({"none": "true"} if none else {}), **({"where": where} if where else {}))


def add_step(page: Page, label: str, where: str) -> None:
    """One more condition of a funnel made of steps."""
    page.click("#rd-add-step")
    settle(page)
    set_item(page, addresses(page, "steps")[-1], label=label, where=where)


def choose_type(page: Page, kind: str) -> None:
    page.click(f"#rd-type-{kind}")
    settle(page)


def choose_chart(page: Page, kind: str) -> None:
    """ "none": no chart."""
    page.click(f"#rd-chart-{kind}")
    settle(page)


def sort_by(page: Page, key: str) -> None:
    set_select(page, "rd-sort", key)


def undo(page: Page) -> None:
    page.click('[data-rd="undo"]')
    settle(page)


def redo(page: Page) -> None:
    page.click('[data-rd="redo"]')
    settle(page)


def name_it(page: Page, text: str) -> None:
    page.fill("#rd-label", text)
    page.press("#rd-label", "Tab")
    settle(page)


def save(page: Page) -> str:
    """Save; the address of the report, whose page stands there then."""
    settle(page)
    page.click('[data-rd="save"]')
    page.wait_for_url(lambda url: "/reports/" in url and "/new" not in url and not url.endswith("/edit"))
    return page.url


def edit(page: Page, address: str) -> None:
    """Open the builder over a report."""
    page.goto(address.partition("?")[0] + "/edit")
    settle(page)


def table(page: Page) -> list[list[str]]:
    """The rows of the report's table, heads of rows included, its total last; of a preview or of the report's page."""
    lines = page.locator(".dg-report-card :is(tbody, tfoot) tr").all()
    return [[cell.strip() for cell in line.locator("th, td").all_inner_texts()] for line in lines]


def heads(page: Page) -> list[str]:
    """The heads of the table, level by level."""
    return [text.strip() for text in page.locator(".dg-report-card thead th").all_inner_texts()]


def problems(page: Page) -> list[str]:
    """What the builder says is wrong."""
    return [text.strip() for text in page.locator(".dg-rd-problem").all_inner_texts()]
