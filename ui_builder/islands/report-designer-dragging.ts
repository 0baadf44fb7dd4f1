// Dragging in the report builder: fields out of the palette into zones, items within and between zones.
import Sortable from "sortablejs";
import { type Dragged, dropped } from "./report-designer-state.ts";

const OWN = { animation: 120, forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delay: 150, delayOnTouchOnly: true, ghostClass: "dg-ghost" };

/** Make everything under `root` draggable; `act` gets the command of each drop. Destroy what comes back before drawing anew. */
export function dragging(root: ParentNode, act: (command: string) => void): Sortable[] {
  const lists = root.querySelectorAll<HTMLElement>("[data-rd-palette], [data-rd-palette] ul");
  const made = [...lists].map((list) =>
    Sortable.create(list, { ...OWN, group: { name: "report", pull: "clone", put: false }, sort: false, draggable: "li[data-path]", onStart: began, onEnd: (event) => ended(event, act) }));
  for (const zone of root.querySelectorAll<HTMLElement>("[data-zone]")) {
    made.push(Sortable.create(zone, { ...OWN, group: { name: "report", pull: true, put: (_to, _from, item) => fits(item, zone) }, draggable: ".dg-rd-chip", filter: ".dg-rd-form, .dg-filter-line", preventOnFilter: false, onStart: began, onEnd: (event) => ended(event, act) }));
  }
  return made;
}

function fits(item: HTMLElement, zone: HTMLElement): boolean {
  const name = zone.dataset.zone ?? "";
  if (item.dataset.zones) return item.dataset.zones.split(" ").includes(name);
  const from = item.dataset.id?.split(".")[0] ?? "";
  return from === name || ["rows columns", "columns rows", "rows values", "columns values", "values rows", "values columns"].includes(`${from} ${name}`);
}

function began(): void {
  document.querySelector("#rd-panel")?.classList.add("dg-rd-dropping");
}

function ended(event: Sortable.SortableEvent, act: (command: string) => void): void {
  document.querySelector("#rd-panel")?.classList.remove("dg-rd-dropping");
  const what: Dragged = { ...(event.item.dataset.path ? { path: event.item.dataset.path } : {}), ...(event.item.dataset.id ? { address: event.item.dataset.id } : {}) };
  const zone = event.to.dataset.zone;
  const index = [...event.to.children].filter((one) => one.matches(".dg-rd-chip, [data-path]")).indexOf(event.item);
  if (what.path && event.to !== event.from) event.item.remove(); // its clone stays on offer
  if (zone === undefined || (event.to === event.from && event.oldIndex === event.newIndex)) return;
  const command = dropped(what, zone, Math.max(index, 0));
  if (command) act(command);
}
