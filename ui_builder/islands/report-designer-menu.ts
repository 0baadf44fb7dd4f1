// The menu of a field on offer: into which part of the report it goes. By mouse and by keys.
import { h } from "./builder-dom.ts";
import { t } from "./strings.ts";

/** Open it beside `opener`; `choose` gets the zone. Only one is open at a time. */
export function openMenu(opener: HTMLElement, zones: readonly [string, string][], choose: (zone: string) => void): void {
  closeMenu();
  const menu = h("div", { class: "dg-rd-menu", role: "menu", id: "rd-menu", "aria-label": t("Add to") },
    ...zones.map(([zone, text]) => h("button", { type: "button", role: "menuitem", "data-to": zone, click: () => { closeMenu(); choose(zone); } }, t("Add to {name}", { name: text }))));
  menu.addEventListener("keydown", (event) => key(event, menu, opener));
  menu.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node) || !menu.contains(event.relatedTarget)) closeMenu();
  });
  document.body.append(menu);
  const at = opener.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.left + 12, window.innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.bottom + 2, window.innerHeight - menu.offsetHeight - 8))}px`;
  opener.setAttribute("aria-expanded", "true");
  menu.querySelector("button")?.focus();
}

export function closeMenu(): void {
  const menu = document.getElementById("rd-menu");
  if (!menu) return;
  menu.removeAttribute("id"); // leaving moves the focus, which asks once more
  menu.remove();
  for (const opener of document.querySelectorAll(".dg-rd-field[aria-expanded]")) opener.removeAttribute("aria-expanded");
}

function key(event: KeyboardEvent, menu: HTMLElement, opener: HTMLElement): void {
  if (event.isComposing) return;
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    closeMenu();
    opener.focus();
  } else if (step) items[(at + step + items.length) % items.length]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
