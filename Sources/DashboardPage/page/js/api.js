// Everything that goes over the wire: calls with JSON, and the stream of events with its reconnecting.

const BASE = "/api/v1";
/** A call that takes longer has failed; the balancer answers within milliseconds. */
const CALL_TIMEOUT = 8_000;
/** Ticks come each second: after this long without one, what is shown is old. */
const STALE_AFTER = 2_600;
/** A stream that is open but silent for this long is opened anew. */
const SILENT_AFTER = 8_000;
/** The wait before a stream that was refused is tried again. */
const RETRY_AFTER = 1_000;

/** A call that was refused (with the API's own words) or did not get through. */
export class CallError extends Error {
  constructor(message, { status = 0, code = "unreachable" } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function toLogin() {
  window.location.assign("/login");
}

/** Calls the API and gives its JSON. @throws {CallError} */
async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(BASE + path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT),
      cache: "no-store",
    });
  } catch {
    throw new CallError("The balancer cannot be reached.");
  }
  if (answer.status === 401) {
    toLogin();
    throw new CallError("Please log in.", { status: 401, code: "unauthorized" });
  }
  const content = await answer.json().catch(() => null);
  if (!answer.ok) {
    const message = content?.detail ?? content?.title ?? `The balancer answered ${answer.status}.`;
    throw new CallError(message, { status: answer.status, code: content?.code ?? "unknown" });
  }
  return content;
}

const segment = encodeURIComponent;
const service = (name) => `/services/${segment(name)}`;

/** The calls that the page makes. */
export const api = {
  status: () => call("GET", "/status"),
  services: () => call("GET", "/services"),
  history: (name) => call("GET", `${service(name)}/history`),
  exchanges: (name) => call("GET", `${service(name)}/exchanges?limit=50`),
  changes: () => call("GET", "/changes"),
  patchServer: (name, server, members) => call("PATCH", `${service(name)}/servers/${segment(server)}`, members),
  putStrategy: (name, strategy) => call("PUT", `${service(name)}/strategy`, { strategy }),
  resetMetrics: (name) => call("POST", "/metrics/reset", { service: name }),
  startTest: (plan) => call("POST", "/tests", plan),
  test: (id) => call("GET", `/tests/${id}`),
  cancelTest: (id) => call("DELETE", `/tests/${id}`),
};

/**
 * The stream of ticks and changes. It heals itself: the browser reconnects a broken stream, a refused one is tried
 * again by a timer, and a silent one is opened anew. While the tab is hidden for long it lets go of its connection, for
 * a browser has only six to a host.
 */
export class EventStream {
  #handlers;
  #source = null;
  #lastTick = 0;
  #openedAt = 0;
  #lastChange = null;
  #isResting = false;
  #isRefused = false;

  /**
   * @param handlers `tick` and `change` get what was sent; `stale` gets the Unix seconds of the last tick, and whether
   * the balancer is there and refuses the stream, because as many watch as may.
   */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  start() {
    this.#lastTick = Date.now();
    this.#open();
    window.setInterval(() => this.#watch(), 500);
    // A page that is left must not keep its stream: the browser's page cache would hold it open.
    window.addEventListener("pagehide", () => this.#close());
    window.addEventListener("pageshow", (event) => event.persisted && this.#open());
  }

  /** Lets go of the connection until `wake`. */
  rest() {
    this.#isResting = true;
    this.#close();
  }

  wake() {
    if (!this.#isResting) return;
    this.#isResting = false;
    this.#lastTick = Date.now();
    this.#open();
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    this.#close();
    this.#openedAt = Date.now();
    const after = this.#lastChange === null ? "" : `?last_event_id=${segment(this.#lastChange)}`;
    const source = new EventSource(`${BASE}/events${after}`);
    source.addEventListener("tick", (event) => {
      this.#lastTick = Date.now();
      this.#isRefused = false;
      this.#handlers.tick(JSON.parse(event.data));
    });
    source.addEventListener("change", (event) => {
      if (event.lastEventId) this.#lastChange = event.lastEventId;
      this.#handlers.change(JSON.parse(event.data));
    });
    source.addEventListener("error", () => {
      if (source !== this.#source) return;
      // A refusal closes a stream for good. A call tells whether it was for want of a login.
      if (source.readyState === EventSource.CLOSED) this.#askWhy();
      else this.#isRefused = false;
      if (Date.now() - this.#lastTick > 1_000) this.#tellStale();
    });
    this.#source = source;
  }

  async #askWhy() {
    this.#isRefused = await api.status().then(() => true, () => false);
  }

  #watch() {
    if (this.#isResting || !this.#source) return;
    const now = Date.now();
    const silence = now - this.#lastTick;
    if (silence > STALE_AFTER) this.#tellStale();
    const age = now - this.#openedAt;
    const isClosed = this.#source.readyState === EventSource.CLOSED;
    if ((isClosed && age > RETRY_AFTER) || (silence > SILENT_AFTER && age > SILENT_AFTER)) this.#open();
  }

  #tellStale() {
    this.#handlers.stale(this.#lastTick / 1000, this.#isRefused);
  }

  /** After a restart, the numbers of its changes begin anew. */
  forgetChanges() {
    this.#lastChange = null;
  }
}
