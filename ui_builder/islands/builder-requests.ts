// Requests of the builder's islands: JSON to our own server and back.
import { RequestFailed, csrfToken } from "./requests.ts";
import { t } from "./strings.ts";

/** POST JSON; resolves with the JSON answered, also for 409 and 422 (whose body says what is wrong). */
export async function postJson<Answer>(url: string, body: unknown): Promise<Answer & { status: number }> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrfToken() },
    });
  } catch {
    throw new RequestFailed(0, t("The server cannot be reached. What you typed is kept."));
  }
  const answer = (await response.json().catch(() => ({}))) as Answer & { detail?: string; title?: string };
  if (!response.ok && response.status !== 409 && response.status !== 422) {
    throw new RequestFailed(response.status, answer.detail || answer.title || t("Something went wrong (error {status}).", { status: response.status }));
  }
  return { ...answer, status: response.status };
}
