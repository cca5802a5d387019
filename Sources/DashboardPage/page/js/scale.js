// Axes of charts: round steps, and where a value lies.

/** The next of 1, 2, 5 × 10ⁿ that is not below `value`. */
export function niceCeiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 2, 5, 10]) {
    if (value <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

/**
 * Ticks from 0 to above `most`, in about `wanted` round steps.
 *
 * @returns {{ticks: number[], top: number}}
 */
export function ticksTo(most, wanted = 4, least = 1) {
  const reach = Math.max(most, least);
  const step = niceCeiling(reach / wanted);
  const steps = Math.max(1, Math.ceil(reach / step - 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { ticks, top: ticks[ticks.length - 1] };
}

/**
 * A line through values that may have holes, as a path. A value alone between holes becomes a dot.
 *
 * @param {(number|null)[]} values
 * @param {(index: number) => number} x
 * @param {(value: number) => number} y
 */
export function linePath(values, x, y) {
  let path = "";
  let open = false;
  values.forEach((value, index) => {
    if (value === null || value === undefined) {
      open = false;
      return;
    }
    const at = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    const next = values[index + 1];
    if (open) path += `L${at}`;
    else path += next === null || next === undefined ? `M${at}h0.01` : `M${at}`;
    open = true;
  });
  return path;
}
