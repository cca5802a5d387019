// How numbers, times and sizes are written: always with a unit, thousands separators, and "–" for what is not known.

/** What stands for "no value yet". */
export const NONE = "–";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const clockFormat = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** A count: 12,031. */
export function count(value) {
  return isNumber(value) ? whole.format(value) : NONE;
}

/** A count with its noun: "1 request", "12,031 requests". */
export function counted(value, noun, plural = `${noun}s`) {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A figure with at most the given digits behind the point, without trailing zeros: 0.33, 4, 1,204.5. */
export function figure(value, digits = 2) {
  if (!isNumber(value)) return NONE;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** A rate without its unit: one digit behind the point below 100, where it still says something. */
export function rate(value) {
  if (!isNumber(value)) return NONE;
  const digits = value > 0 && value < 100 ? 1 : 0;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * A ratio of 0...1 as a percentage. It never claims a 100 % or 0 % that is not exact: 0.99999 is 99.99 %.
 */
export function percent(ratio, digits = 2) {
  if (!isNumber(ratio)) return NONE;
  if (ratio === 1) return "100 %";
  if (ratio === 0) return "0 %";
  const least = 10 ** -digits;
  const value = Math.min(ratio * 100, 100 - least);
  return value < least / 2 ? `< ${least} %` : `${value.toFixed(digits)} %`;
}

/** A duration given in milliseconds, as [figure, unit]: ["14.2", "ms"], ["1.50", "s"]. */
export function durationParts(milliseconds) {
  if (!isNumber(milliseconds)) return [NONE, ""];
  if (milliseconds < 9.995) return [milliseconds.toFixed(2), "ms"];
  if (milliseconds < 99.95) return [milliseconds.toFixed(1), "ms"];
  if (milliseconds < 999.5) return [milliseconds.toFixed(0), "ms"];
  if (milliseconds < 60_000) return [(milliseconds / 1000).toFixed(2), "s"];
  return [(milliseconds / 60_000).toFixed(1), "min"];
}

/** A duration given in milliseconds: "14.2 ms", "1.50 s". */
export function duration(milliseconds) {
  return durationParts(milliseconds).join(" ").trim();
}

/** A size in bytes with a decimal unit, as [figure, unit]. */
export function bytesParts(value) {
  if (!isNumber(value)) return [NONE, ""];
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let power = 0;
  let rest = value;
  while (rest >= 999.5 && power < units.length - 1) {
    rest /= 1000;
    power += 1;
  }
  const digits = power === 0 || rest >= 99.95 ? 0 : 1;
  return [rest.toFixed(digits), units[power]];
}

/** A size in bytes: "3.1 MB". */
export function bytes(value) {
  return bytesParts(value).join(" ").trim();
}

/** How long something runs, as a clock: 00:12:41, 3 d 04:12:41. */
export function uptime(seconds) {
  if (!isNumber(seconds)) return NONE;
  const total = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const days = Math.floor(total / 86_400);
  const clock = `${two(Math.floor(total / 3600) % 24)}:${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return days > 0 ? `${days} d ${clock}` : clock;
}

/** A span of time in words for a person: "now", "3 s", "12 min", "2 h", "5 d". */
export function span(seconds) {
  if (!isNumber(seconds)) return NONE;
  if (seconds < 0.5) return "now";
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 3570) return `${Math.round(seconds / 60)} min`;
  if (seconds < 84_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** How long ago: "just now", "3 s ago". */
export function ago(seconds) {
  if (!isNumber(seconds)) return NONE;
  return seconds < 0.5 ? "just now" : `${span(seconds)} ago`;
}

/** How long from now: "now", "in 1 s". */
export function ahead(seconds) {
  if (!isNumber(seconds)) return NONE;
  return seconds < 0.5 ? "now" : `in ${span(seconds)}`;
}

/** A point in time, given in Unix seconds, as the clock on the wall here: 12:03:11. */
export function clock(unixSeconds) {
  return isNumber(unixSeconds) ? clockFormat.format(new Date(unixSeconds * 1000)) : NONE;
}

/** A stable word of the API as a person writes it: "no_server_eligible" → "no server eligible". */
export function words(name) {
  return typeof name === "string" ? name.replaceAll("_", " ") : NONE;
}
