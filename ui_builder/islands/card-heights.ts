// How high the cards of a dashboard were when they were last seen, by its address and the width of the page: a card that
// is asked for again waits in its own height, so that nothing below it jumps when it arrives.

const MOST = 20; // dashboards that are remembered
const PLACE = "dg-card-heights";

type Heights = Record<string, number>;

function all(): Record<string, Heights> {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Record<string, Heights>;
  } catch {
    return {};
  }
}

/** The heights in pixels that were kept for a page as wide as this one. */
export function heightsOf(page: string): Heights {
  return all()[`${page} ${innerWidth}`] ?? {};
}

/** Keeps the height of a card; the dashboards seen longest ago are forgotten. */
export function keepHeight(page: string, card: string, height: number): void {
  const kept = all();
  const key = `${page} ${innerWidth}`;
  const mine = { ...kept[key], [card]: Math.round(height) };
  delete kept[key]; // put anew at the end
  const last = Object.entries(kept).slice(1 - MOST);
  try {
    localStorage.setItem(PLACE, JSON.stringify(Object.fromEntries([...last, [key, mine]])));
  } catch {
    // a full storage: cards then wait in the height of their skeleton
  }
}
