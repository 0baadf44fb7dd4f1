// The words of the islands in the page's language: the server puts a small JSON of translations into the page.

let words: Record<string, string> | undefined;

/** The translation of an English text; `{name}` places are filled from `values`. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  words ??= JSON.parse(document.getElementById("dg-strings")?.textContent || "{}") as Record<string, string>;
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The page's language, "en" or "zh-CN". */
export function language(): string {
  return document.documentElement.lang || "en";
}
