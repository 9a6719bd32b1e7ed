// The live stream: resumes where it stopped, says how old what is shown may be, and never gives up.
import { setServerTime, now, time } from "./dom.js";

const SILENT_MS = 30000; // two ticks of the server's missed: the line is dead, whatever it says
const BACKOFF_MAX_MS = 15000;

export class Live {
  /**
   * `onEvent(type, data)` for each event; `onReset()` when the whole must be read anew, also
   * after each first connection; `onState(text, state)` with state live, wait or lost.
   */
  constructor(types, { onEvent, onReset, onState }) {
    this.types = types;
    this.onEvent = onEvent;
    this.onReset = onReset;
    this.onState = onState;
    this.after = null;
    this.heard = 0;
    this.tries = 0;
    this.source = null;
    // A phone in the background loses its socket while it still claims to be open.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && Date.now() - this.heard > 15000) this.reopen();
    });
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => { if (event.persisted) this.reopen(); });
    this.open();
  }

  reopen() {
    clearTimeout(this.timer);
    this.source?.close();
    this.open();
  }

  open() {
    const source = new EventSource(this.after === null ? "/api/v1/live" : `/api/v1/live?after=${this.after}`);
    this.source = source;
    const heard = (event) => {
      this.heard = Date.now();
      this.tries = 0;
      if (event.lastEventId) this.after = event.lastEventId;
    };
    source.addEventListener("open", () => {
      this.heard = Date.now();
      if (this.after === null) this.onReset();
    });
    source.addEventListener("tick", (event) => {
      const data = JSON.parse(event.data);
      setServerTime(data.at);
      heard(event);
      if (this.after === null) this.after = String(data.seq);
      this.state();
    });
    source.addEventListener("reset", (event) => { heard(event); this.onReset(); });
    for (const type of this.types)
      source.addEventListener(type, (event) => { heard(event); this.onEvent(type, JSON.parse(event.data)); });
    source.addEventListener("error", () => {
      // Any answer but 200 closes an EventSource for good: it has to be made anew.
      if (source.readyState === EventSource.CLOSED && this.source === source) this.later();
      this.state();
    });
  }

  later() {
    const wait = Math.min(BACKOFF_MAX_MS, 500 * 2 ** this.tries++);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.open(); this.onReset(); }, wait / 2 + Math.random() * (wait / 2));
  }

  /** To be called once a second: the state moves with time alone. */
  state() {
    const age = this.heard ? Date.now() - this.heard : Infinity;
    const asOf = this.heard ? time(now() - age) : "";
    if (this.source?.readyState === EventSource.OPEN && age < SILENT_MS) {
      this.onState(`已连接 · 数据 ${Math.max(0, Math.round(age / 1000))} 秒前`, "live");
    } else if (age < SILENT_MS) {
      this.onState(`重新连接… 数据截至 ${asOf}`, "wait");
    } else {
      this.onState(this.heard ? `连接中断，数据截至 ${asOf}` : "正在连接…", this.heard ? "lost" : "wait");
      if (this.source?.readyState === EventSource.OPEN && this.heard) this.reopen();
    }
  }
}
