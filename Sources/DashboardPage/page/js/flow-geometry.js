// Where the flow picture's parts lie. All pure: sizes in, positions out, in pixels.

/** The thickest that all lanes together get. */
const STREAM_MAX = 88;
/** A lane with nothing in it can still be seen. */
const LANE_MIN = 2;
/** Dots for one second at most; above it, a dot stands for several requests. */
export const DOTS_PER_SECOND = 50;

/**
 * @param {number} width
 * @param {number} height
 * @param {number[]} shares of each server, 0...1
 * @param {number[]} ends the y at which each server's row lies
 * @param {number} grain how much larger than usual all is drawn
 */
export function layout(width, height, shares, ends, grain = 1) {
  const middle = height / 2;
  const left = 6 * grain;
  const fork = Math.round(width * 0.36);
  const right = width - 8 * grain;
  const stream = Math.min(STREAM_MAX * grain, height * 0.4);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const widths = shares.map((share) => Math.max(LANE_MIN * grain, total > 0 ? (share / total) * stream : 0));
  const sum = widths.reduce((all, width) => all + width, 0);
  let top = middle - sum / 2;
  const lanes = widths.map((thickness, index) => {
    const start = top + thickness / 2;
    top += thickness;
    return { start, end: ends[index], thickness, left, fork, right };
  });
  return { lanes, left, fork, right, middle, trunk: total > 0 ? sum : LANE_MIN * grain, stack: sum };
}

/** The lane as a path from the fork to its server. */
export function lanePath(lane) {
  const bend = (lane.fork + lane.right) / 2;
  return `M${lane.fork} ${lane.start}C${bend} ${lane.start} ${bend} ${lane.end} ${lane.right} ${lane.end}`;
}

function bezier(from, to, startY, endY, t) {
  const bend = (from + to) / 2;
  const u = 1 - t;
  return {
    x: u * u * u * from + 3 * u * u * t * bend + 3 * u * t * t * bend + t * t * t * to,
    y: (u * u * u + 3 * u * u * t) * startY + (3 * u * t * t + t * t * t) * endY,
  };
}

/** The share of a dot's journey that is the common trunk. */
export const TRUNK_PART = 0.3;
/** Where on its lane a failed attempt turns to another. */
const TURN = 0.62;

/**
 * Where a dot is.
 *
 * @param lane the lane it travels
 * @param {number} progress 0...1 of the whole journey
 * @param {number} offset across the lane, -1...1 of half its thickness
 * @param instead the lane it bends to when its first server failed, or null
 */
export function dotAt(lane, progress, offset, instead = null) {
  const across = offset * Math.max(0, lane.thickness / 2 - 2.5);
  if (progress < TRUNK_PART) {
    return { x: lane.left + (lane.fork - lane.left) * (progress / TRUNK_PART), y: lane.start + across };
  }
  const t = (progress - TRUNK_PART) / (1 - TRUNK_PART);
  if (!instead || t < TURN) {
    const point = bezier(lane.fork, lane.right, lane.start, lane.end, t);
    return { x: point.x, y: point.y + across };
  }
  const corner = bezier(lane.fork, lane.right, lane.start, lane.end, TURN);
  return bezier(corner.x, lane.right, corner.y, instead.end, (t - TURN) / (1 - TURN));
}

/** The bend of a retry as a path: a cross where the first attempt failed, and an arrow into the next server. */
export function bendPath(lane, instead) {
  const corner = bezier(lane.fork, lane.right, lane.start, lane.end, TURN);
  const bend = (corner.x + lane.right) / 2;
  const tip = lane.right - 2;
  const cross = `M${corner.x - 3.5} ${corner.y - 3.5}l7 7m0-7l-7 7`;
  const curve = `M${corner.x} ${corner.y}C${bend} ${corner.y} ${bend} ${instead.end} ${tip} ${instead.end}`;
  return `${cross}${curve}m-5-4l5 4l-5 4`;
}

/**
 * How many dots each server gets for one second: at most DOTS_PER_SECOND in all, by largest remainder.
 *
 * @param {number[]} requests of each server in that second
 * @returns {{dots: number[], each: number}} `each`: how many requests a dot stands for
 */
export function sampled(requests) {
  const total = requests.reduce((sum, value) => sum + value, 0);
  if (total <= DOTS_PER_SECOND) return { dots: requests.slice(), each: 1 };
  const exact = requests.map((value) => (value / total) * DOTS_PER_SECOND);
  const dots = exact.map(Math.floor);
  let rest = DOTS_PER_SECOND - dots.reduce((sum, value) => sum + value, 0);
  const order = exact.map((value, index) => [value - dots[index], index]).sort((a, b) => b[0] - a[0]);
  for (const [, index] of order) {
    if (rest === 0) break;
    dots[index] += 1;
    rest -= 1;
  }
  return { dots, each: total / DOTS_PER_SECOND };
}
