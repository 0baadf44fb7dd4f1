// What the designer posts for a key, a button, an input and a drop, and what it does with the answers.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DgFlow } from "./dg-flow.ts";
import { TREE } from "./flow-tree.test-markup.ts";

const URL_OF = "/builder/approvals/loan";
let posted: Record<string, string>[];
let nodes: string[];

/** A page of the server's: the chosen node, the nodes as they are now, and the draft's hash. */
function page(chosen: string, now: string[], seen: string): string {
  return `<main><div id="flow-banner"></div><header id="flow-head"></header><dg-flow id="flow" data-url="${URL_OF}">
    <form id="flow-canvas"><input type="hidden" name="@node" value="${chosen}"><input type="hidden" name="@branch" value=""><script type="application/json" data-flow-state>${JSON.stringify({ nodes: now, seen })}</script><div data-flow-tree>${TREE}</div></form>
    <div data-flow-tools hidden><button data-flow="undo" disabled></button><button data-flow="redo" disabled></button><output data-flow-zoom></output></div>
    <div id="flow-side"><aside class="dg-inspector" id="flow-inspector"><form data-flow-form data-flow-inspect><input type="hidden" name="@node" value="${chosen}"><input id="b-label" name="b/label/en" value="${seen}"><button name="@do" value="add b/by">+</button></form></aside></div></dg-flow></main>`;
}

beforeEach(() => {
  posted = [];
  nodes = ["one"];
  document.body.innerHTML = page("first", nodes, "seen0");
  vi.stubGlobal("fetch", vi.fn((_url: string, request?: RequestInit) => {
    if (request?.method === "POST") {
      const given = Object.fromEntries(new URLSearchParams(request.body as URLSearchParams));
      posted.push(given);
      nodes = given["@do"] === "put" ? (JSON.parse(given["@nodes"] ?? "[]") as string[]) : [...nodes, `change ${posted.length}`];
    }
    return Promise.resolve(new Response(page("first", nodes, `seen${posted.length}`), { status: 200 }));
  }));
});

afterEach(() => vi.unstubAllGlobals());

function flow(): DgFlow {
  const found = document.querySelector("dg-flow");
  if (!(found instanceof DgFlow)) throw new Error("no designer");
  return found;
}

function card(node: string, branch = ""): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-card][data-key="${node}"]${branch ? `[data-branch="${branch}"]` : ":not([data-branch])"}`);
  if (!found) throw new Error(`no card ${node}`);
  return found;
}

async function press(target: HTMLElement, key: string, more: KeyboardEventInit = {}): Promise<KeyboardEvent> {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  await settled();
  return event;
}

async function settled(): Promise<void> {
  for (let n = 0; n < 5; n++) {
    await flow().settled;
    await new Promise((done) => setTimeout(done, 0));
  }
}

test("a change sends what the page was made from, and the next one what came back", async () => {
  await press(card("first"), "Delete");
  await press(card("a"), "ArrowDown", { altKey: true });
  expect(posted.map((one) => [one["@do"], one["@seen"]])).toEqual([["remove-node first", "seen0"], ["step-node a down", "seen1"]]);
});

test("whoever leaves before a change is answered is asked", async () => {
  const leave = (): boolean => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  expect(leave()).toBe(true);
  const pressed = press(card("first"), "Delete");
  expect(leave()).toBe(false);
  await pressed;
  expect(leave()).toBe(true);
});

test("arrows walk, Alt with an arrow moves nodes and branches, Delete removes a branch", async () => {
  card("first").focus();
  await press(card("first"), "ArrowDown");
  expect(document.activeElement).toBe(card("size"));
  await press(card("size", "small"), "ArrowRight", { altKey: true });
  await press(card("size", "big"), "Delete");
  await press(card("size", "big"), "ArrowUp", { altKey: true }); // a branch goes only sideways
  expect(posted.map((one) => one["@do"])).toEqual(["move-branch size small right", "remove-branch size big"]);
});

test("copied and cut nodes are put behind the card in focus", async () => {
  await press(card("a"), "c", { ctrlKey: true });
  await press(card("size", "rest"), "v", { ctrlKey: true });
  await press(card("b"), "x", { ctrlKey: true });
  expect(document.querySelector('[data-node="b"]')?.classList.contains("dg-flow-cut")).toBe(true);
  await press(card("last"), "v", { ctrlKey: true });
  await press(card("last"), "v", { ctrlKey: true }); // what was cut is put once
  expect(posted.map((one) => one["@do"])).toEqual(["copy-node a size/rest@0", "move-node b @3"]);
});

test("undo puts the tree back as it was, redo as it became", async () => {
  await press(card("first"), "Delete");
  await press(card("a"), "Delete");
  const after = JSON.stringify(nodes);
  await press(card("first"), "z", { ctrlKey: true });
  expect(JSON.stringify(nodes)).toBe(JSON.stringify(["one", "change 1"]));
  await press(card("first"), "z", { ctrlKey: true });
  expect(nodes).toEqual(["one"]);
  await press(card("first"), "z", { ctrlKey: true }); // nothing left to undo
  await press(card("first"), "y", { ctrlKey: true });
  await press(card("first"), "y", { ctrlKey: true });
  expect(JSON.stringify(nodes)).toBe(after);
  expect(posted.filter((one) => one["@do"] === "put")).toHaveLength(4);
  await press(card("first"), "Delete");
  expect(document.querySelector<HTMLButtonElement>('[data-flow="redo"]')?.disabled).toBe(true);
});

test("an input posts its form when it changed; its buttons post what they say", async () => {
  const input = document.querySelector<HTMLInputElement>("#b-label") as HTMLInputElement;
  input.value = "Boss";
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
  document.querySelector<HTMLButtonElement>('button[name="@do"]')?.click();
  await settled();
  expect(posted[0]).toMatchObject({ "@node": "first", "b/label/en": "Boss", "@seen": "seen0" });
  expect(posted[1]).toMatchObject({ "@do": "add b/by", "@seen": "seen1" });
});

test("whoever goes on typing keeps the inspector as he has it", async () => {
  const input = document.querySelector<HTMLInputElement>("#b-label") as HTMLInputElement;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.value = "still typing";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  expect(document.querySelector<HTMLInputElement>("#b-label")?.value).toBe("still typing");
  expect(document.querySelector("[data-flow-state]")?.textContent).toContain("seen1");
});

test("no key acts inside an input or while somebody composes", async () => {
  const input = document.querySelector<HTMLInputElement>("#b-label") as HTMLInputElement;
  expect((await press(input, "Delete")).defaultPrevented).toBe(false);
  expect((await press(input, "z", { ctrlKey: true })).defaultPrevented).toBe(false);
  await press(card("first"), "Delete", { isComposing: true });
  expect(posted).toEqual([]);
});

test("plus opens the menu of the edge behind the card", async () => {
  await press(card("size", "rest"), "+");
  expect(document.querySelector<HTMLDetailsElement>('[data-place="size/rest@0"] details')?.open).toBe(true);
});
