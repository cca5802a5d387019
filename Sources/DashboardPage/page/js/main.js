// Joins the parts: the stream feeds the store, and the panels draw what the store shows, once a frame at most.

import { Actions } from "./actions.js";
import { api, EventStream } from "./api.js";
import { Announcer } from "./announcer.js";
import { BannerPanel } from "./banner.js";
import { ChangesPanel } from "./changes.js";
import { ChartsPanel } from "./charts.js";
import { ControlsPanel } from "./controls.js";
import { CustomTestDialog } from "./custom-test.js";
import { DistributionPanel } from "./distribution.js";
import { FlowPanel } from "./flow.js";
import { HeaderPanel } from "./header.js";
import { hasHole } from "./history.js";
import { MetricsPanel } from "./metrics.js";
import { Notice } from "./notice.js";
import { RecentPanel } from "./recent.js";
import { ServersPanel } from "./servers.js";
import { Store } from "./store.js";
import { TestPanel } from "./test-panel.js";
import { startThemeButton } from "./theme.js";

/** How long a hidden tab keeps its stream, in milliseconds. */
const REST_AFTER = 5_000;

const store = new Store();
const announcer = new Announcer();
const notice = new Notice();

/** Loads all that ticks do not carry: what was before the page was opened. */
async function reload() {
  const [status, services, changes] = await Promise.all([api.status(), api.services(), api.changes()]);
  store.apply("services", services);
  store.apply("status", status);
  store.apply("changes", changes.changes);
  await Promise.all(services.services.map((service) => loadService(service.name)));
}

async function loadService(name) {
  const [history, exchanges] = await Promise.all([api.history(name), api.exchanges(name)]);
  store.apply("history", name, history);
  store.apply("exchanges", name, exchanges);
}

const quietly = (promise) => promise.catch(() => {});

const stream = new EventStream({
  tick: (tick) => {
    const known = store.live.process?.instance;
    const isRestarted = known !== undefined && known !== tick.instance;
    const wasStale = store.live.connection.state === "stale";
    if (isRestarted) {
      stream.forgetChanges();
      store.apply("restart");
    }
    const holes = tick.services.filter((service) => hasHole(store.live.history[service.name], tick.second));
    store.apply("tick", tick);
    if (isRestarted || wasStale) quietly(reload());
    else for (const service of holes) quietly(loadService(service.name));
    if (wasStale) announcer.say("The balancer can be reached again.");
  },
  change: (change) => {
    const isKnown = store.live.changes.some((known) => known.id === change.id);
    store.apply("changes", [change]);
    if (isKnown) return;
    announcer.change(change);
    if (change.kind === "reset") {
      store.apply("forget", change.service);
      quietly(reload());
    }
  },
  stale: (since, isCrowded) => {
    const { connection } = store.live;
    if (connection.state === "stale" && connection.isCrowded === isCrowded) return;
    store.apply("stale", since, isCrowded);
    announcer.say(isCrowded ? "Too many pages look at this balancer." : "The balancer cannot be reached.");
  },
});

const actions = new Actions(store, (text, tone) => notice.show(text, tone), reload);
const customTest = new CustomTestDialog(actions, () => store.view.live.service);
const panels = [
  new HeaderPanel(store, actions),
  new BannerPanel(),
  new MetricsPanel(),
  new FlowPanel(),
  new DistributionPanel(),
  new ControlsPanel(actions, customTest),
  new TestPanel(actions, announcer),
  new ServersPanel(actions),
  new ChartsPanel(),
  new RecentPanel(),
  new ChangesPanel(),
];

let isFrameWanted = false;
store.subscribe(() => {
  if (isFrameWanted) return;
  isFrameWanted = true;
  window.requestAnimationFrame(() => {
    isFrameWanted = false;
    const view = store.view;
    for (const panel of panels) panel.render(view);
    document.documentElement.dataset.ready = view.shown.service ? "yes" : "no";
  });
});

let restTimer = null;
document.addEventListener("visibilitychange", () => {
  window.clearTimeout(restTimer);
  if (document.hidden) restTimer = window.setTimeout(() => stream.rest(), REST_AFTER);
  else stream.wake();
});

startThemeButton();
stream.start();
quietly(reload());
