// The page's state and the pure steps that change it. A state is never changed in place: so "pause" is to keep the
// state that was there, while the live one goes on.

import { fromAnswer, joined, withTick } from "./history.js";

/** Exchanges kept for each service. */
export const EXCHANGES_KEPT = 50;
/** Changes kept, as many as the balancer keeps. */
export const CHANGES_KEPT = 200;

/** The state before anything is known. */
export function initialState() {
  return {
    connection: { state: "connecting", since: null },
    process: null, // { version, instance, uptime_seconds, state, now, event_streams }
    second: null,
    services: null,
    selected: null,
    exchanges: {},
    history: {},
    changes: [],
    /** Whether this browser is known by the cookie of a login. */
    isLoggedIn: false,
    test: null,
  };
}

/** Newest first, each id once, at most `limit`. */
export function merged(known, fresh, limit) {
  const byId = new Map();
  for (const item of known) byId.set(item.id, item);
  for (const item of fresh) byId.set(item.id, item);
  return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, limit);
}

function keptSelection(selected, services) {
  return services.some((service) => service.name === selected) ? selected : (services[0]?.name ?? null);
}

/** One tick: everything of now, and what happened since the last one. */
export function withTickApplied(state, tick) {
  const services = tick.services;
  const exchanges = {};
  const history = {};
  for (const service of services) {
    exchanges[service.name] = merged(
      state.exchanges[service.name] ?? [],
      service.exchanges ?? [],
      EXCHANGES_KEPT,
    );
    history[service.name] = withTick(state.history[service.name], tick.second, service);
  }
  return {
    ...state,
    connection: { state: "live", since: null },
    process: processOf(tick),
    second: tick.second,
    services,
    selected: keptSelection(state.selected, services),
    exchanges,
    history,
    test: newerTest(state.test, tick.test),
  };
}

function processOf(answer) {
  const { version, instance, uptime_seconds, state, now, event_streams } = answer;
  return { version, instance, uptime_seconds, state, now, event_streams };
}

/** An answer about a test may be overtaken by a tick: the later one counts. */
export function newerTest(known, fresh) {
  if (!fresh) return known;
  if (!known || fresh.id > known.id) return fresh;
  if (fresh.id < known.id) return known;
  return known.state !== "running" && fresh.state === "running" ? known : fresh;
}

/** The steps by which answers and events change the state. */
export const steps = {
  tick: withTickApplied,
  status: (state, answer) => ({
    ...state,
    process: processOf(answer),
    isLoggedIn: answer.logged_in === true,
    test: newerTest(state.test, answer.test),
  }),
  services: (state, answer) => ({
    ...state,
    services: answer.services,
    selected: keptSelection(state.selected, answer.services),
  }),
  exchanges: (state, name, answer) => ({
    ...state,
    exchanges: {
      ...state.exchanges,
      [name]: merged(state.exchanges[name] ?? [], answer.exchanges, EXCHANGES_KEPT),
    },
  }),
  history: (state, name, answer) => {
    const history = joined(fromAnswer(answer), state.history[name]);
    return { ...state, history: { ...state.history, [name]: history } };
  },
  changes: (state, list) => ({ ...state, changes: merged(state.changes, list, CHANGES_KEPT) }),
  test: (state, test) => ({ ...state, test: newerTest(state.test, test) }),
  select: (state, name) => ({ ...state, selected: name }),
  server: (state, serviceName, server) => ({
    ...state,
    services: state.services?.map((service) =>
      service.name === serviceName
        ? {
          ...service,
          servers: service.servers.map((known) => (known.name === server.name ? server : known)),
        }
        : service
    ) ?? null,
  }),
  strategy: (state, serviceName, answer) => ({
    ...state,
    services:
      state.services?.map((service) =>
        service.name === serviceName
          ? { ...service, strategy: answer.strategy, strategy_title: answer.title }
          : service
      ) ?? null,
  }),
  /** After a reset, charts and recent exchanges begin anew; null means every service. */
  forget: (state, name) => ({
    ...state,
    exchanges: name === null ? {} : { ...state.exchanges, [name]: [] },
    history: name === null ? {} : { ...state.history, [name]: undefined },
  }),
  /** No ticks come any more: nobody is there, or `isCrowded`, and too many watch already. */
  stale: (state, since, isCrowded = false) => {
    const from = state.connection.state === "stale" ? state.connection.since : since;
    return { ...state, connection: { state: "stale", since: from, isCrowded } };
  },
  /** After a restart nothing of before is true any more, apart from what is selected. */
  restart: (state) => ({ ...initialState(), selected: state.selected, connection: state.connection }),
};

/** Holds the live state and, while paused, the one that is shown. */
export class Store {
  #live = initialState();
  #frozen = null;
  #pausedSince = null;
  #listeners = [];

  /** Changes the state by one of `steps`. */
  apply(step, ...values) {
    this.#live = steps[step](this.#live, ...values);
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener) {
    this.#listeners.push(listener);
  }

  /** @param {number} now Unix seconds */
  pause(now) {
    this.#frozen = this.#live;
    this.#pausedSince = now;
    for (const listener of this.#listeners) listener();
  }

  resume() {
    this.#frozen = null;
    this.#pausedSince = null;
    for (const listener of this.#listeners) listener();
  }

  get isPaused() {
    return this.#frozen !== null;
  }

  get live() {
    return this.#live;
  }

  /** What panels draw: `shown` is frozen while paused, `live` goes on. */
  get view() {
    const live = withService(this.#live);
    const shown = this.#frozen ? withService({ ...this.#frozen, selected: live.selected }) : live;
    return { shown, live, pausedSince: this.#pausedSince };
  }
}

function withService(state) {
  const service = state.services?.find((candidate) => candidate.name === state.selected) ?? null;
  return { ...state, service, serviceHistory: service ? (state.history[service.name] ?? null) : null };
}
