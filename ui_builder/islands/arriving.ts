// What a fragment needs before it may be shown: the islands in it are fetched first, so that the first key or click
// after it appears is heard. The page's entry (assets/main.ts) answers "dg:arriving" with what it fetches.

const PATIENCE = 5000; // ms; a page whose scripts cannot be fetched shows its native controls

export interface Arriving {
  html: string;
  waits: Promise<unknown>[];
}

/** Resolves when the islands in `html` are there, or cannot be had. */
export async function arrived(html: string): Promise<void> {
  const detail: Arriving = { html, waits: [] };
  document.dispatchEvent(new CustomEvent("dg:arriving", { detail }));
  if (!detail.waits.length) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE)));
  await Promise.race([Promise.allSettled(detail.waits), patience]);
  clearTimeout(timer);
}
