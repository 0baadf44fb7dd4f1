// Puts the parts of the report builder that came back in the place of those that are there: what is focused, typed meanwhile,
// folded open and scrolled to stays.

interface Typed {
  id: string;
  value: string;
  start: number | null;
  end: number | null;
}

/** Swap every element of `html` that has an id with the one of that id; whether something was typed meanwhile. */
export function swap(html: string, sent: FormData, open: readonly string[] = []): boolean {
  const typed = typedNow();
  const focused = (document.activeElement as HTMLElement | null)?.id ?? "";
  const folded = [...document.querySelectorAll<HTMLDetailsElement>("#rd-form details[open]")].map((one) => one.id).filter(Boolean);
  const scrolled = new Map([...document.querySelectorAll<HTMLElement>("#rd-panel, .dg-rd-fields")].map((one) => [one.id || "fields", one.scrollTop]));
  const template = document.createElement("template");
  template.innerHTML = html; // our own server's fragment; scripts in it never run
  for (const part of [...template.content.children]) document.getElementById(part.id)?.replaceWith(part);
  const own = [...document.querySelectorAll<HTMLDetailsElement>("#rd-panel .dg-rd-item[open]")].map((one) => one.id);
  for (const id of own.length ? [...folded.filter((one) => !one.startsWith("rd-d-")), ...own] : [...folded, ...open]) {
    const details = document.getElementById(id);
    if (details instanceof HTMLDetailsElement) details.open = true;
  }
  for (const one of document.querySelectorAll<HTMLElement>("#rd-panel, .dg-rd-fields")) one.scrollTop = scrolled.get(one.id || "fields") ?? 0;
  const late = restored(typed, sent);
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  document.dispatchEvent(new Event("dg:load"));
  return late;
}

function typedNow(): Typed | null {
  const input = document.activeElement;
  if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) || !input.id || input.type === "checkbox") return null;
  const caret = input instanceof HTMLTextAreaElement || ["text", "search"].includes(input.type);
  return { id: input.id, value: input.value, start: caret ? input.selectionStart : null, end: caret ? input.selectionEnd : null };
}

function restored(typed: Typed | null, sent: FormData): boolean {
  const input = typed ? document.getElementById(typed.id) : null;
  if (!typed || !(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement)) return false;
  const late = sent.get(input.name) !== typed.value; // typed while the answer was on its way
  if (input.value !== typed.value) input.value = typed.value;
  input.focus({ preventScroll: true });
  if (typed.start !== null) input.setSelectionRange(typed.start, typed.end);
  return late;
}
