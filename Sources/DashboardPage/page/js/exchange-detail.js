// "Why this server?": what one exchange's strategy saw at each pick, and what came of the exchange.

import { element } from "./dom.js";
import { bytes, count, counted, duration, words } from "./format.js";
import { icon } from "./icons.js";
import { VERDICTS } from "./server-state.js";

/** The parts of an opened exchange. */
export function exchangeDetail(exchange, indexOf) {
  const picks = exchange.picks.map((pick, index) => pickPart(exchange, pick, index, indexOf));
  if (picks.length === 0) {
    picks.push(element("p", { text: "No server was asked for: the request was answered before a pick." }));
  }
  return [...picks, factsOf(exchange)];
}

function pickPart(exchange, pick, index, indexOf) {
  const title = exchange.picks.length > 1
    ? `Why this server? Attempt ${index + 1} of ${exchange.picks.length}`
    : "Why this server?";
  const rows = pick.candidates.map((candidate) => candidateRow(candidate, indexOf));
  return element(
    "section",
    { class: "pick" },
    element("h3", { text: title }),
    element("p", { class: "pick-explanation", text: pick.explanation }),
    element(
      "table",
      { class: "candidates" },
      element("caption", { class: "visually-hidden", text: `What the strategy saw at attempt ${index + 1}` }),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...["Server", "In flight", "Weight", "Verdict"].map((text) => element("th", { scope: "col", text })),
        ),
      ),
      element("tbody", {}, ...rows),
    ),
    ...(pick.other_candidates > 0
      ? [element("p", { class: "note", text: `${counted(pick.other_candidates, "more server")} not shown` })]
      : []),
  );
}

function candidateRow(candidate, indexOf) {
  const verdict = VERDICTS[candidate.verdict] ?? { key: "info", word: words(candidate.verdict) };
  return element(
    "tr",
    { "data-verdict": candidate.verdict, "data-colour": indexOf.get(candidate.server) ?? "none" },
    element(
      "th",
      { scope: "row" },
      element("span", { class: "swatch", "aria-hidden": "true" }),
      element("span", { class: "name", text: candidate.server }),
    ),
    element("td", { class: "number", text: count(candidate.in_flight) }),
    element("td", { class: "number", text: count(candidate.weight) }),
    element(
      "td",
      {},
      element(
        "span",
        { class: "with-icon" },
        icon(verdict.key),
        element("span", { class: "label", text: verdict.word }),
      ),
    ),
  );
}

function factsOf(exchange) {
  const facts = [
    ["Number", count(exchange.id)],
    ["Client", exchange.client ?? "not known"],
    ["Took", duration(exchange.duration_ms)],
    ["Attempts", counted(exchange.attempts, "attempt")],
    [
      "Outcome",
      exchange.reason === "none"
        ? words(exchange.outcome)
        : `${words(exchange.outcome)}: ${words(exchange.reason)}`,
    ],
    ...(exchange.rule ? [["Its answer broke", words(exchange.rule)]] : []),
    ["Connection", exchange.reused ? "one that was kept open" : "a new one"],
    ["To the client", bytes(exchange.bytes.to_clients)],
    ["To the server", bytes(exchange.bytes.to_servers)],
  ];
  return element(
    "dl",
    { class: "facts" },
    ...facts.map(([name, value]) =>
      element("div", {}, element("dt", { text: name }), element("dd", { text: value }))
    ),
  );
}
