// The dots of the flow picture: requests under way, spread over the second in which they came. Above fifty a second
// they are a sample. A request that was tried again bends from the lane of its first server to that of its next.

import { drawing, setAttribute } from "./dom.js";
import { COLOURS } from "./distribution.js";
import { bendPath, dotAt, sampled, TRUNK_PART } from "./flow-geometry.js";

/** How long a dot travels, in milliseconds. */
const JOURNEY = 1_300;
/** How long the trace of a retry stays, in milliseconds. */
const BEND_STAYS = 4_000;
/** Retries and failures drawn for one second at most. */
const TOLD_LIMIT = 6;
const RADIUS = 3;

export class FlowDots {
  #layer;
  #bendLayer;
  #dots = [];
  #spare = [];
  #bends = [];
  #seen = 0;
  /** How many requests a dot stands for. */
  each = 1;

  constructor(layer, bendLayer) {
    this.#layer = layer;
    this.#bendLayer = bendLayer;
  }

  clear() {
    for (const dot of this.#dots) this.#release(dot);
    this.#dots = [];
    for (const bend of this.#bends) bend.node.remove();
    this.#bends = [];
    this.#seen = 0;
  }

  /** Sets out the dots for the second that a tick tells of. */
  emit(service, exchanges, { isStill }) {
    const now = performance.now();
    const indexOf = new Map(service.servers.map((server, index) => [server.name, index]));
    const fresh = exchanges.filter((exchange) => exchange.id > this.#seen);
    const isFirst = this.#seen === 0;
    if (exchanges.length > 0) this.#seen = exchanges[0].id;
    const told = isFirst
      ? []
      : fresh.map((exchange) => journeyOf(exchange, indexOf)).filter(Boolean).slice(0, TOLD_LIMIT);
    const plain = service.servers.map((server) => server.last_second?.requests ?? 0);
    for (const journey of told) {
      if (journey.last !== null && plain[journey.last] > 0) plain[journey.last] -= 1;
      if (journey.instead !== null) this.#bends.push({ ...journey, until: now + BEND_STAYS, node: null });
    }
    const { dots, each } = sampled(plain);
    this.each = each;
    if (isStill) return;
    dots.forEach((number, index) => {
      for (let dot = 0; dot < number; dot += 1) {
        this.#setOut(now, { first: index, instead: null, failed: false });
      }
    });
    for (const journey of told) this.#setOut(now, journey);
  }

  #setOut(now, journey) {
    const node = this.#spare.pop() ?? drawing("circle", { class: "flow-dot", r: RADIUS });
    setAttribute(node, "data-trunk", "yes");
    setAttribute(node, "data-failed", null);
    setAttribute(node, "data-colour", null);
    setAttribute(node, "opacity", "0");
    this.#layer.append(node);
    this.#dots.push({ ...journey, node, start: now + Math.random() * 980, offset: Math.random() * 2 - 1 });
  }

  #release(dot) {
    dot.node.remove();
    this.#spare.push(dot.node);
  }

  /** Moves every dot to where it is now. Gives whether any is left. */
  move(now, lanes) {
    this.#dots = this.#dots.filter((dot) => {
      const progress = (now - dot.start) / JOURNEY;
      if (progress < 0) return true;
      // A request that no server could take ends where the balancer would have shared it out.
      const end = dot.first === null ? TRUNK_PART : 1;
      const lane = lanes[dot.first ?? 0];
      if (progress >= end || !lane) {
        this.#release(dot);
        return false;
      }
      this.#place(dot, lane, lanes, progress);
      return true;
    });
    this.#moveBends(now, lanes);
    return this.#dots.length > 0 || this.#bends.length > 0;
  }

  #place(dot, lane, lanes, progress) {
    const instead = dot.instead === null ? null : (lanes[dot.instead] ?? null);
    const { x, y } = dotAt(lane, progress, dot.offset, instead);
    const isOnTrunk = progress < TRUNK_PART;
    const isTurned = instead !== null && progress > TRUNK_PART + 0.62 * (1 - TRUNK_PART);
    setAttribute(dot.node, "cx", x.toFixed(1));
    setAttribute(dot.node, "cy", y.toFixed(1));
    setAttribute(dot.node, "opacity", Math.min(1, progress * 8, (1 - progress) * 12).toFixed(2));
    setAttribute(dot.node, "data-trunk", isOnTrunk ? "yes" : null);
    setAttribute(dot.node, "data-failed", dot.failed && (dot.first === null || progress > 0.8) ? "yes" : null);
    const colour = isTurned ? dot.instead : dot.first;
    setAttribute(dot.node, "data-colour", isOnTrunk || colour === null ? null : colour % COLOURS);
  }

  #moveBends(now, lanes) {
    this.#bends = this.#bends.filter((bend) => {
      const lane = lanes[bend.first];
      const instead = lanes[bend.instead];
      if (now > bend.until || !lane || !instead) {
        bend.node?.remove();
        return false;
      }
      if (!bend.node) {
        bend.node = drawing("path", { class: "flow-bend" });
        this.#bendLayer.append(bend.node);
      }
      setAttribute(bend.node, "d", bendPath(lane, instead));
      setAttribute(bend.node, "opacity", Math.min(1, (bend.until - now) / 1_500).toFixed(2));
      return true;
    });
  }
}

/**
 * What is worth telling of an exchange: it was tried again, or failed. Null for all others, which are drawn from
 * counts.
 *
 * @returns {{first: number|null, instead: number|null, last: number|null, failed: boolean}|null}
 */
export function journeyOf(exchange, indexOf) {
  const failed = exchange.outcome === "failed";
  const visited = exchange.picks.map((pick) => indexOf.get(pick.server)).filter((index) => index !== undefined);
  const last = indexOf.get(exchange.server) ?? null;
  if (visited.length > 1) {
    return { first: visited[visited.length - 2], instead: visited[visited.length - 1], last, failed };
  }
  if (failed) return { first: visited[0] ?? null, instead: null, last, failed };
  return null;
}
