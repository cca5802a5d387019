// The last five minutes, a second at a time: what the balancer remembered when the page was opened, and what the ticks
// have added since. All functions are pure.

/** Seconds kept, as many as the balancer keeps. */
export const KEPT = 300;

const FIELDS = ["requests", "failed", "p50", "p95", "p99"];

function emptySeries() {
  return Object.fromEntries(FIELDS.map((field) => [field, []]));
}

/** What is known of one second of a series, made from a tick's `last_second`. */
function appended(series, last, gap) {
  const result = {};
  for (const field of FIELDS) {
    const values = (series?.[field] ?? []).slice();
    const missing = field === "requests" || field === "failed" ? 0 : null;
    for (let index = 0; index < gap; index += 1) values.push(missing);
    values.push(last?.[field] ?? missing);
    result[field] = values.slice(-KEPT);
  }
  return result;
}

/**
 * The history of a service with one tick's second added.
 *
 * @param history what is there, or null
 * @param second the tick's second; one that is there already changes nothing
 * @param service the tick's service
 */
export function withTick(history, second, service) {
  const before = history ?? { second: second - 1, total: emptySeries(), servers: {} };
  if (second <= before.second) return before;
  const gap = Math.min(second - before.second - 1, KEPT);
  const length = before.total.requests.length;
  const servers = {};
  for (const server of service.servers) {
    const series = before.servers[server.name] ?? padded(length);
    servers[server.name] = appended(series, server.last_second, gap);
  }
  return { second, total: appended(before.total, service.last_second, gap), servers };
}

function padded(length) {
  const series = emptySeries();
  for (const field of FIELDS) {
    series[field] = new Array(length).fill(field === "requests" || field === "failed" ? 0 : null);
  }
  return series;
}

/** The answer of `GET …/history` in the page's own shape. */
export function fromAnswer(answer) {
  const servers = {};
  for (const { name, ...series } of answer.servers) servers[name] = series;
  return { second: answer.second, total: answer.total, servers };
}

/**
 * What the balancer remembers, with the seconds that ticks have told since it was asked.
 */
export function joined(fresh, known) {
  const ahead = known ? known.second - fresh.second : 0;
  if (ahead <= 0 || ahead > known.total.requests.length) return fresh;
  const join = (before, after) => {
    const result = {};
    for (const field of FIELDS) result[field] = before[field].concat(after[field].slice(-ahead)).slice(-KEPT);
    return result;
  };
  const servers = {};
  for (const [name, series] of Object.entries(fresh.servers)) {
    servers[name] = join(series, known.servers[name] ?? padded(ahead));
  }
  return { second: known.second, total: join(fresh.total, known.total), servers };
}

/** Whether a tick would leave a hole that the balancer could fill. */
export function hasHole(history, second) {
  return Boolean(history) && second > history.second + 1;
}

/** The last `length` values, with `fill` in front where less is known. */
export function tail(values, length, fill = 0) {
  const last = (values ?? []).slice(-length);
  return new Array(length - last.length).fill(fill).concat(last);
}
