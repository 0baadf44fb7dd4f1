// Completion of the report builder's expressions: one's own fields, and in formulas the names of the report's values.
import { Completion, type Word } from "./expression-completion.ts";
import { valueNames } from "./report-designer-state.ts";

/** Complete what is typed into `input`, whose data-rd-words is an object, or "values" for a formula over values. */
export function completes(input: HTMLTextAreaElement, object: () => string, body: () => string): void {
  if (input.dataset.completes) return;
  input.dataset.completes = "true";
  const of = input.dataset.rdWords ?? "";
  const named = of === "values";
  new Completion(input, { object: () => (named ? object() : of), saving: false, braces: false, words: async (from, path) => [...(named && !path ? ofValues(body()) : []), ...(await ofObject(from, path))] });
}

function ofValues(body: string): Word[] {
  return valueNames(body).map((one) => ({ text: one.name, label: one.label, kind: "value", detail: one.text, icon: "sum" }));
}

const known = new Map<string, Promise<Word[]>>();

function ofObject(object: string, path: string): Promise<Word[]> {
  const query = new URLSearchParams({ object, path }).toString();
  const asked = known.get(query) ?? fetch(`/reports/new/words?${query}`, { headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? (response.json() as Promise<Word[]>) : []))
    .catch(() => []);
  known.set(query, asked);
  return asked;
}
