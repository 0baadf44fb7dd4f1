// <dg-flow data-url>: the designer of approval flows over its server-made tree and inspector. Every change is one post whose
// answer brings both again; arrows walk, + adds, Alt with an arrow and the pointer move, Ctrl C X V copy and put, Ctrl Z undoes.
import { carry } from "./flow-carrying.ts";
import { FlowSteps, type Turn } from "./flow-steps.ts";
import { fitting, nextZoom, queryOf, sight, trialIn } from "./flow-view.ts";
import { cardAt, keyOf, neighbour, placeBehind } from "./flow-walking.ts";
import { complain, takeRegions } from "./pages.ts";
import { csrfToken } from "./requests.ts";
import { t } from "./strings.ts";

const REGIONS = ["flow-canvas", "flow-side", "flow-head", "flow-banner"];
const ARROWS: Record<string, "up" | "down" | "left" | "right"> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export class DgFlow extends HTMLElement {
  private turn: Promise<unknown> = Promise.resolve();
  private readonly steps = new FlowSteps();
  private clip: { node: string; cut: boolean } | null = null;
  private posting = 0; // changes that have not been answered
  private typed = 0; // raised by every key in the inspector
  private zoom = 1;
  private stopCarrying: (() => void) | undefined;

  connectedCallback(): void {
    this.addEventListener("click", this.clicked, { capture: true });
    this.addEventListener("submit", this.submitted, { capture: true });
    this.addEventListener("change", this.changed);
    this.addEventListener("input", this.counted);
    document.addEventListener("keydown", this.key);
    window.addEventListener("beforeunload", this.leaving);
    this.addEventListener("dg:sorted", this.sorted);
    this.addEventListener("htmx:beforeRequest", (event) => event.preventDefault()); // its forms are posted here, in turn
    this.stopCarrying = carry(this, (node, place) => void this.send({ "@do": `move-node ${node} ${place}`, "@node": node }));
    this.tools();
    this.shown(true);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.key);
    window.removeEventListener("beforeunload", this.leaving);
    this.stopCarrying?.();
  }

  /** Whether a post is on its way; tests wait for it. */
  get settled(): Promise<unknown> {
    return this.turn;
  }

  // What the server knows

  private get url(): string {
    return this.dataset.url ?? "";
  }

  private get state(): { nodes: unknown; seen: string } {
    return JSON.parse(this.querySelector("[data-flow-state]")?.textContent || '{"nodes":[],"seen":""}') as { nodes: unknown; seen: string };
  }

  private get chosen(): { node: string; branch: string } {
    const value = (name: string): string => this.querySelector<HTMLInputElement>(`#flow-canvas > [name="${name}"]`)?.value ?? "";
    return { node: value("@node"), branch: value("@branch") };
  }

  /** The period whose numbers stand on the branches, as the address has it; a change takes them away. */
  private get trial(): string {
    return trialIn(new URL(location.href));
  }

  /** Post one change, after those before it; the answer's parts take the place of ours. */
  private send(values: Record<string, string> | FormData, keeps: Turn = "", editing = false): Promise<void> {
    const typed = editing ? -1 : this.typed; // now: by the time its turn comes more may have been typed
    this.posting++;
    const next = this.turn.then(() => this.post(values, keeps, typed)).finally(() => this.posting--);
    this.turn = next.catch(() => undefined);
    return next;
  }

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.posting) event.preventDefault();
  };

  private async post(values: Record<string, string> | FormData, keeps: Turn, typed = this.typed): Promise<void> {
    const before = JSON.stringify(this.state.nodes);
    const body = values instanceof FormData ? values : new FormData();
    if (!(values instanceof FormData)) for (const [name, value] of Object.entries({ "@node": this.chosen.node, "@branch": this.chosen.branch, ...values })) body.set(name, value);
    body.set("@seen", this.state.seen);
    const inspecting = values instanceof FormData && !String(body.get("@do") ?? "").trim();
    document.dispatchEvent(new Event("dg:request"));
    try {
      const response = await fetch(this.url, { method: "POST", body: new URLSearchParams(body as unknown as Record<string, string>), headers: { "HX-Request": "true", Accept: "text/html", "X-CSRF-Token": csrfToken() } });
      if (![200, 409, 422].includes(response.status)) return complain(t("Something went wrong (error {status}).", { status: response.status }));
      this.take(await response.text(), inspecting && typed !== this.typed);
      if (response.status === 409) this.steps.forget();
      const after = JSON.stringify(this.state.nodes);
      if (response.status === 200 && after !== before) this.steps.keep(before, keeps);
    } catch {
      complain(t("The server cannot be reached. What you typed is kept."));
    } finally {
      document.dispatchEvent(new Event("dg:response"));
      this.tools();
    }
  }

  /** Put the parts of an answered page in place of ours; somebody who goes on typing keeps the inspector. */
  private take(html: string, typing: boolean, trial = ""): void {
    const page = new DOMParser().parseFromString(html, "text/html");
    const back = sight(this);
    this.followUp();
    takeRegions(page, typing ? [...REGIONS.filter((one) => one !== "flow-side"), "flow-inspector-head", "flow-errors"] : REGIONS);
    this.classList.toggle("dg-inspecting", Boolean(this.querySelector(".dg-inspector")));
    this.shown(false);
    const { node, branch } = this.chosen;
    back(cardAt(this, node, branch));
    history.replaceState(history.state, "", this.url + queryOf(node, branch, trial));
  }

  /** A condition's editor asks the server before it tells: what it tells after its inspector is gone is saved all the same. */
  private followUp(): void {
    const form = this.querySelector<HTMLFormElement>("form[data-flow-inspect]:has(dg-builder-condition)");
    form?.addEventListener("change", (event) => {
      if (form.isConnected || !(event.target as HTMLInputElement).name) return;
      const body = new FormData(form);
      body.set("@then", [this.chosen.node, this.chosen.branch].filter(Boolean).join("/"));
      void this.send(body, "", true);
    });
  }

  /** Show a node or branch in the inspector; "" shows none. */
  async choose(node: string, branch = "", inspect = false, trial = this.trial): Promise<void> {
    const query = queryOf(node, branch, trial);
    const next = this.turn.then(async () => {
      const response = await fetch(this.url + query, { headers: { Accept: "text/html", "HX-Request": "true" } }).catch(() => null);
      if (!response?.ok) return location.assign(this.url + query);
      this.take(await response.text(), false, trial);
      if (inspect) this.querySelector<HTMLElement>("#flow-inspector h2")?.focus();
      else cardAt(this, node, branch)?.focus();
    });
    this.turn = next.catch(() => undefined);
    await next;
  }

  // Pointer and forms

  private readonly clicked = (event: MouseEvent): void => {
    const target = event.target as Element;
    const tool = target.closest<HTMLElement>("[data-flow]")?.dataset.flow;
    if (tool) return this.use(tool);
    const paste = target.closest<HTMLElement>("[data-flow-paste]")?.dataset.flowPaste;
    if (paste) return this.paste(paste);
    const link = target.closest<HTMLAnchorElement>("a[data-card], a[data-flow-open], a[data-close-inspector]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return this.act(event, target);
    const there = new URL(link.href);
    if (there.pathname !== new URL(this.url, location.href).pathname) return;
    event.preventDefault();
    event.stopPropagation();
    const trial = link.closest(".dg-flow-trial") ? trialIn(there) : this.trial;
    void this.choose(there.searchParams.get("node") ?? "", there.searchParams.get("branch") ?? "", false, trial);
  };

  /** A button of the forms: taken here, before htmx would post it for a part of the inspector alone. */
  private act(event: MouseEvent, target: Element): void {
    const button = target.closest<HTMLButtonElement>('button[name="@do"]');
    if (!button?.form) return;
    event.preventDefault();
    event.stopPropagation();
    button.closest<HTMLDetailsElement>("dg-menu > details")?.removeAttribute("open");
    void this.send(new FormData(button.form, button));
  }

  private readonly submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("#flow-canvas, [data-flow-form]")) return;
    event.preventDefault();
    event.stopPropagation();
    void this.send(new FormData(form, event.submitter));
  };

  private readonly changed = (event: Event): void => {
    const target = event.target as HTMLInputElement;
    const form = target.closest<HTMLFormElement>("form[data-flow-inspect]");
    if (!form || !target.name) return; // what has no name is an editor's own input: it tells by its named one
    void this.send(new FormData(form), "", Boolean(target.closest("dg-builder-condition"))); // its rows may be half made
  };

  private readonly sorted = (event: Event): void => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-flow-inspect]");
    if (form) void this.send(new FormData(form));
  };

  private readonly counted = (event: Event): void => {
    if ((event.target as Element).closest("#flow-inspector")) this.typed++;
  };

  // Keys

  private readonly key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.isComposing || event.defaultPrevented || target.closest?.("input, textarea, select, dialog, .ts-control, [contenteditable]")) return;
    if ((event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase())) {
      this.use(event.key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo");
    } else if (event.key === "Escape" && !document.querySelector("dg-menu > details[open]") && this.querySelector(".dg-inspector")) {
      if (this.clip?.cut) this.setClip(null);
      else this.close();
    } else {
      const card = target.closest<HTMLElement>("[data-card]");
      if (!card || !this.contains(card) || !this.onCard(event, card)) return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** A key on a card; whether it meant something. */
  private onCard(event: KeyboardEvent, card: HTMLElement): boolean {
    const { node, branch } = keyOf(card);
    const arrow = ARROWS[event.key];
    if (arrow && event.altKey) this.shift(node, branch, arrow);
    else if (arrow) neighbour(card, arrow)?.focus();
    else if (event.ctrlKey || event.metaKey) return this.clipping(event.key.toLowerCase(), card);
    else if (event.key === "Enter" && node) void this.choose(node, branch, true);
    else if (event.key === "+" || event.key === "=") this.openMenu(card);
    else if ((event.key === "Delete" || event.key === "Backspace") && node) void this.send({ "@do": branch ? `remove-branch ${node} ${branch}` : `remove-node ${node}`, "@node": node, "@branch": branch });
    else return false;
    return true;
  }

  private shift(node: string, branch: string, arrow: string): void {
    if (!node) return;
    if (!branch) void this.send({ "@do": `step-node ${node} ${arrow}`, "@node": node, "@branch": "" });
    else if (arrow === "left" || arrow === "right") void this.send({ "@do": `move-branch ${node} ${branch} ${arrow}`, "@node": node, "@branch": branch });
  }

  private clipping(key: string, card: HTMLElement): boolean {
    const { node, branch } = keyOf(card);
    if (key === "c" || key === "x") {
      if (!node || branch || String(getSelection() ?? "")) return false;
      this.setClip({ node, cut: key === "x" });
    } else if (key === "v" && this.clip) this.paste(placeBehind(card));
    else return false;
    return true;
  }

  private setClip(clip: { node: string; cut: boolean } | null): void {
    this.clip = clip;
    this.shown(false);
    if (clip) document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: t("Taken. Ctrl V puts it behind what is focused, or use + and Paste here.") } }));
  }

  private paste(place: string): void {
    if (!this.clip || !place) return;
    const { node, cut } = this.clip;
    void this.send({ "@do": `${cut ? "move" : "copy"}-node ${node} ${place}`, "@node": node, "@branch": "" });
    if (cut) this.setClip(null);
  }

  private openMenu(card: HTMLElement): void {
    const place = placeBehind(card);
    const menu = this.querySelector<HTMLDetailsElement>(`[data-place="${CSS.escape(place)}"] details`);
    if (!menu) return;
    menu.open = true;
    menu.querySelector<HTMLElement>("button:not([hidden])")?.focus();
  }

  private close(): void {
    const { node, branch } = this.chosen;
    void this.choose("").then(() => cardAt(this, node, branch)?.focus());
  }

  // Tools

  private use(tool: string): void {
    if (tool === "undo" || tool === "redo") this.back(tool);
    else this.zoomTo(tool === "fit" ? fitting(this, this.zoom) : nextZoom(this.zoom, tool === "in" ? 1 : -1));
  }

  private back(way: "undo" | "redo"): void {
    this.turn = this.turn.then(() => {
      const nodes = this.steps.take(way);
      return nodes === undefined ? undefined : this.post({ "@do": "put", "@nodes": nodes }, way);
    }).catch(() => undefined);
  }

  private zoomTo(zoom: number): void {
    this.zoom = zoom;
    this.shown(false);
    this.tools();
  }

  private tools(): void {
    const bar = this.querySelector<HTMLElement>("[data-flow-tools]");
    if (!bar) return;
    bar.hidden = false;
    const button = (name: string): HTMLButtonElement | null => bar.querySelector(`[data-flow="${name}"]`);
    for (const name of ["undo", "redo"] as const) {
      const one = button(name);
      if (one) one.disabled = !this.steps.has(name);
    }
    const shown = bar.querySelector("[data-flow-zoom]");
    if (shown) shown.textContent = `${Math.round(this.zoom * 100)}%`;
  }

  /** What the answered parts do not know: the zoom, what was taken, and on the first look the middle of the tree. */
  private shown(first: boolean): void {
    const tree = this.querySelector<HTMLElement>("[data-flow-tree]");
    if (tree) tree.style.setProperty("zoom", String(this.zoom));
    for (const one of this.querySelectorAll<HTMLElement>("[data-flow-paste]")) one.hidden = !this.clip;
    for (const one of this.querySelectorAll<HTMLElement>("[data-node]")) one.classList.toggle("dg-flow-cut", Boolean(this.clip?.cut) && one.dataset.node === this.clip?.node);
    const pane = this.querySelector<HTMLElement>("#flow-canvas");
    if (first && pane) {
      pane.scrollLeft = (pane.scrollWidth - pane.clientWidth) / 2;
      this.querySelector<HTMLElement>("[data-card].dg-on")?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    }
  }
}

if (!customElements.get("dg-flow")) customElements.define("dg-flow", DgFlow);
