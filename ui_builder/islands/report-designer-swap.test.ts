import { beforeEach, describe, expect, it } from "vitest";
import { swap } from "./report-designer-swap.ts";

const item = (address: string, label: string, open = false): string =>
  `<li data-id="${address}"><details class="dg-rd-item" id="rd-d-${address.replace(".", "-")}"${open ? " open" : ""}><summary>x</summary><input id="label-${address.replace(".", "-")}" name="${address}.label" type="text" value="${label}"></details></li>`;

function sent(name: string, value: string): FormData {
  const data = new FormData();
  data.set(name, value);
  return data;
}

describe("what comes back takes the place of what is there", () => {
  beforeEach(() => {
    document.body.innerHTML = `<form id="rd-form"><section id="rd-panel"><ul>${item("rows.0", "Room", true)}${item("rows.1", "Shelf")}</ul></section><div id="rd-toolbar">before</div></form>`;
  });

  it("replaces parts by their ids and leaves the others", () => {
    swap('<section id="rd-panel">new</section>', new FormData());
    expect(document.getElementById("rd-panel")?.textContent).toBe("new");
    expect(document.getElementById("rd-toolbar")?.textContent).toBe("before");
  });

  it("keeps what is typed meanwhile, and says that it was", () => {
    const input = document.getElementById("label-rows-0") as HTMLInputElement;
    input.focus();
    input.value = "Rooms and";
    const late = swap(`<section id="rd-panel"><ul>${item("rows.0", "Rooms", true)}</ul></section>`, sent("rows.0.label", "Rooms"));
    const now = document.getElementById("label-rows-0") as HTMLInputElement;
    expect(now).not.toBe(input);
    expect(now.value).toBe("Rooms and");
    expect(document.activeElement).toBe(now);
    expect(late).toBe(true);
  });

  it("says that nothing was typed meanwhile", () => {
    const input = document.getElementById("label-rows-0") as HTMLInputElement;
    input.focus();
    expect(swap(`<section id="rd-panel"><ul>${item("rows.0", "Room")}</ul></section>`, sent("rows.0.label", "Room"))).toBe(false);
  });

  it("leaves what was folded open as it was, unless another item is opened", () => {
    swap(`<section id="rd-panel"><ul>${item("rows.0", "Room")}${item("rows.1", "Shelf")}</ul></section>`, new FormData());
    expect((document.getElementById("rd-d-rows-0") as HTMLDetailsElement).open).toBe(true);
    swap(`<section id="rd-panel"><ul>${item("rows.0", "Room")}${item("rows.1", "Shelf", true)}</ul></section>`, new FormData());
    expect((document.getElementById("rd-d-rows-0") as HTMLDetailsElement).open).toBe(false);
    expect((document.getElementById("rd-d-rows-1") as HTMLDetailsElement).open).toBe(true);
  });

  it("opens the item that has moved, if it was open before", () => {
    swap(`<section id="rd-panel"><ul>${item("rows.0", "Shelf")}${item("rows.1", "Room")}</ul></section>`, new FormData(), ["rd-d-rows-1"]);
    expect((document.getElementById("rd-d-rows-1") as HTMLDetailsElement).open).toBe(true);
  });
});
