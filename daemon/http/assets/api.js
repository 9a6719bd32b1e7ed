// The daemon's HTTP API, as docs/openapi.yaml describes it.
import { said } from "./vocabulary.js";

const outcomes = {
  400: "填写有误，没有提交：",
  403: "这个账号不能这样做；替别人办时要填“谁听到的”。",
  404: "没有找到，或无权查看。",
  409: "没有办成，什么也没有改变：",
  413: "内容太长，请写短一些。",
  422: "内容与刚才提交的不一样了，请关闭后重新填写。",
  429: "操作太频繁，请稍候再试。",
};
// The English in it is for programs; the telephone numbers are for people.
function outcome(status, body) {
  if (outcomes[status]) return outcomes[status];
  const phones = /call instead:(.*)$/s.exec(body?.detail ?? "")?.[1].trim();
  return phones ? `系统暂时记不下来，请直接拨打：${phones}` : `系统出错（${status}），请重试，或直接打电话。`;
}
// A fault of the request has its code in front: "reason: a reason is needed".
function fault(entry) {
  const [, code, detail] = /^([a-z0-9_]+): (.*)$/s.exec(entry.detail) ?? [];
  return code ? said(code, detail) : `${entry.pointer ?? ""} ${entry.detail}`.trim();
}

/** What went wrong, in words for people. */
export class Problem extends Error {
  constructor(status, body) {
    const more = [...(body?.errors ?? []).map(fault), ...(body?.missing ?? []).map((one) => said(one.code, one.detail))];
    super(status === 401 && body?.detail ? body.detail : outcome(status, body));
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
