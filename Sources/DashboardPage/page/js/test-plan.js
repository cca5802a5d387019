// The custom test's form as a plan for the API, checked as the API checks it.

/** The API's limits. */
export const LIMITS = {
  requests: [1, 1_000_000],
  duration: [1, 600],
  concurrency: [1, 9_000],
  rate: [1, 100_000],
};

const NAMES = { requests: "Requests", duration: "Duration", concurrency: "Concurrency", rate: "Rate" };
const MEMBERS = {
  requests: "requests",
  duration: "duration_seconds",
  concurrency: "concurrency",
  rate: "rate",
};
const PATH_LIMIT = 2048;

/**
 * @param fields what the form holds, as text: `bound` ("requests" or "duration"), requests, duration, concurrency, rate,
 *   path and method; and whether to `keepAlive`
 * @returns {{plan: object|null, problems: Object<string, string>}} a problem for each wrong field
 */
export function planFrom(fields) {
  const problems = {};
  const plan = { method: fields.method, path: fields.path.trim(), keep_alive: fields.keepAlive };
  const wanted = [fields.bound, "concurrency"];
  if (fields.rate.trim() !== "") wanted.push("rate");
  for (const name of wanted) {
    const { value, problem } = wholeNumber(fields[name], name);
    if (problem) problems[name] = problem;
    else plan[MEMBERS[name]] = value;
  }
  const problem = pathProblem(plan.path);
  if (problem) problems.path = problem;
  return { plan: Object.keys(problems).length === 0 ? plan : null, problems };
}

function wholeNumber(text, name) {
  const [least, most] = LIMITS[name];
  const written = text.trim().replaceAll(",", "");
  const range = `${least.toLocaleString("en-US")} to ${most.toLocaleString("en-US")}`;
  if (written === "") return { problem: `${NAMES[name]} is missing: a whole number from ${range}.` };
  const value = Number(written);
  if (!/^\d+$/.test(written) || value < least || value > most) {
    return { problem: `${NAMES[name]} must be a whole number from ${range}.` };
  }
  return { value };
}

function pathProblem(path) {
  if (!path.startsWith("/")) return "The path must begin with “/”.";
  if (path.length > PATH_LIMIT) {
    return `The path is longer than ${PATH_LIMIT.toLocaleString("en-US")} characters.`;
  }
  if (!/^[\x21-\x7e]+$/.test(path)) {
    return "The path may hold printable ASCII only, and no space: write a space as %20.";
  }
  return null;
}
