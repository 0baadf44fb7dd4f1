// A dashboard's body while it is designed, and where its widgets stand. Pure; every change gives a new body.

export type At = [number, number, number, number]; // left, top, wide, high

export interface Body {
  widgets?: Record<string, { type?: string; at?: number[]; [key: string]: unknown }>;
  [key: string]: unknown;
}

export interface Places {
  [name: string]: At;
}

/** Where a widget stands. */
export function placeOf(body: Body, name: string): At {
  const at = body.widgets?.[name]?.at ?? [0, 0, 4, 4];
  return [at[0] ?? 0, at[1] ?? 0, at[2] ?? 4, at[3] ?? 4];
}

/** The body with widgets at these places; itself where nothing differs. */
export function withPlaces(body: Body, places: Places): Body {
  const moved = Object.entries(places).filter(([name, at]) => body.widgets?.[name] && String(placeOf(body, name)) !== String(at));
  if (!moved.length) return body;
  const widgets = { ...body.widgets };
  for (const [name, at] of moved) widgets[name] = { ...widgets[name], at: [...at] };
  return { ...body, widgets };
}

/** Whether two bodies say the same, in whatever order. */
export function same(one: unknown, other: unknown): boolean {
  return text(one) === text(other);
}

/** Whether they differ in more than in where widgets stand. */
export function onlyMoved(one: Body, other: Body): boolean {
  const bare = (body: Body): Body => ({ ...body, widgets: Object.fromEntries(Object.entries(body.widgets ?? {}).map(([name, widget]) => [name, { ...widget, at: [] }])) });
  return same(bare(one), bare(other));
}

/** Another place, a step of an arrow key away; with `size` the far edge moves. Null where that is no place. */
export function stepped(at: At, key: string, size: boolean, least: readonly [number, number]): At | null {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!by) return null;
  const [x, y, w, h] = at;
  const next: At = size ? [x, y, w + (by[0] ?? 0), h + (by[1] ?? 0)] : [x + (by[0] ?? 0), y + (by[1] ?? 0), w, h];
  const fits = next[0] >= 0 && next[1] >= 0 && next[0] + next[2] <= 12 && next[2] >= least[0] && next[3] >= least[1] && next[3] <= 60;
  return fits ? next : null;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one && typeof one === "object" && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one);
}
