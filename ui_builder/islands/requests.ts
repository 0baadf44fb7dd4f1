// Requests to our own server: with the CSRF token, and with a sentence for a person when they fail.
import { t } from "./strings.ts";

/** The token the server wrote into the page's head. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="dg-csrf"]')?.content ?? "";
}

/** What the server answered, as an error with its own sentence. */
export class RequestFailed extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** POST a form's values; resolves with the response when it succeeded, else rejects with RequestFailed. */
export async function post(url: string, values: Record<string, string> | FormData = {}): Promise<Response> {
  const body = values instanceof FormData ? values : new URLSearchParams(values);
  let response: Response;
  try {
    response = await fetch(url, { method: "POST", body, headers: { "X-CSRF-Token": csrfToken(), Accept: "application/json, text/html" } });
  } catch {
    throw new RequestFailed(0, t("The server cannot be reached. What you typed is kept."));
  }
  if (!response.ok) throw new RequestFailed(response.status, await sentence(response));
  return response;
}

/** GET a fragment of HTML; an aborted or failed request resolves with null. */
export async function fragment(url: string, signal?: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, { headers: { "HX-Request": "true", Accept: "text/html" }, ...(signal ? { signal } : {}) });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

async function sentence(response: Response): Promise<string> {
  const type = response.headers.get("Content-Type") ?? "";
  if (type.includes("json")) {
    const body = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
    if (body.detail || body.title) return body.detail || body.title || "";
  }
  return t("Something went wrong (error {status}).", { status: response.status });
}
