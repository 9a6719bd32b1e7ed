// The daemon's HTTP API, as docs/openapi.yaml describes it.

/** What went wrong, in words for people. */
export class Problem extends Error {
  constructor(status, body) {
    const more = [...(body?.errors ?? []), ...(body?.missing ?? [])].map((entry) => entry.detail);
    super(body?.detail || body?.title || `HTTP ${status}`);
    this.status = status;
    this.more = more;
  }
}

async function call(path, options) {
  const response = await fetch(path, { credentials: "same-origin", ...options });
  if (response.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
    throw new Problem(401, { detail: "登录已过期" });
  }
  const text = await response.text();
  let body = null;
  try { body = text ? JSON.parse(text) : null; } catch { /* an answer that is no JSON has no more to say */ }
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

export function get(path) {
  return call(path, { headers: { Accept: "application/json" }, cache: "no-store" });
}

/** A key for one decision of a person: kept for every retry of it. */
export function newKey() {
  // randomUUID needs a secure context, which a plain-HTTP page on another machine is not.
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Posts JSON. Tried again under the same key when the network fails, so it happens once. */
export async function post(path, body, key = newKey()) {
  for (let attempt = 0; ; ++attempt) {
    try {
      return await call(path, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json", "Idempotency-Key": key },
        body: JSON.stringify(body),
      });
    } catch (error) {
      if (error instanceof Problem || attempt === 4) throw error;
      await new Promise((resume) => setTimeout(resume, 400 * 2 ** attempt));
    }
  }
}

/** Every entry of a list that comes in parts. */
export async function all(path, name) {
  const entries = [];
  let cursor = null;
  do {
    const body = await get(cursor ? `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}` : path);
    entries.push(...(body[name] ?? []));
    cursor = body.next_cursor;
  } while (cursor);
  return entries;
}
