// What must be seen first: that what is shown is old, or paused, or that nobody can serve.

import { byId, element, reconcile, setAttribute, setText } from "./dom.js";
import { clock } from "./format.js";
import { icon, setIcon } from "./icons.js";

export class BannerPanel {
  #node = byId("banner");

  render(view) {
    setAttribute(document.documentElement, "data-stale", view.live.connection.state === "stale");
    reconcile(this.#node, messagesOf(view), (message) => message.key, makeMessage, (node, message) => {
      setAttribute(node, "data-tone", message.tone);
      setIcon(node.querySelector(".icon"), message.icon);
      setText(node.querySelector("strong"), message.title);
      setText(node.querySelector("span"), message.text);
    });
  }
}

function makeMessage(message) {
  return element(
    "p",
    { class: "banner-message", "data-banner": message.key },
    icon("warning"),
    element("strong"),
    element("span"),
  );
}

function messagesOf({ live, pausedSince }) {
  const messages = [];
  const { service, connection } = live;
  if (connection.state === "stale" && connection.isCrowded) {
    messages.push({
      key: "crowded",
      tone: "warning",
      icon: "warning",
      title: "Too many pages look at this balancer.",
      text: `This one is not live: what you see is of ${clock(connection.since)}. Close another, and it goes on by itself.`,
    });
  } else if (connection.state === "stale") {
    messages.push({
      key: "stale",
      tone: "bad",
      icon: "error",
      title: "The balancer cannot be reached.",
      text: `What you see is stale since ${
        clock(connection.since)
      }. This page tries again each second and heals itself.`,
    });
  }
  if (service && service.servers_eligible === 0 && connection.state !== "stale") {
    messages.push({
      key: "no-server",
      tone: "bad",
      icon: "error",
      title: `No server of “${service.name}” is eligible.`,
      text: noServerText(service),
    });
  }
  if (live.process?.state === "stopping") {
    messages.push({
      key: "stopping",
      tone: "warning",
      icon: "warning",
      title: "The balancer is stopping.",
      text: "Nothing new is accepted; what is in flight may end.",
    });
  }
  if (service && service.servers.some((server) => !server.health.checked)) {
    messages.push({
      key: "unchecked",
      tone: "warning",
      icon: "warning",
      title: "Health checks are off.",
      text: "A dead server is found only when real requests fail there.",
    });
  }
  if (pausedSince !== null) {
    messages.push({
      key: "paused",
      tone: "quiet",
      icon: "pause",
      title: `Paused since ${clock(pausedSince)}.`,
      text: "The view is frozen; counting goes on. Resume shows what happened meanwhile.",
    });
  }
  return messages;
}

function noServerText(service) {
  const told = service.mode === "tcp" ? "Connections are closed" : "Requests are answered 503";
  if (service.servers_total === 0) return `${told}: the service has no servers. Add some to its configuration.`;
  const isStopped = service.servers.every((server) => server.administrative_state !== "enabled");
  if (isStopped) return `${told}: every server is stopped or drains. Press Start on a card below.`;
  const isStartable = service.servers.some(
    (server) => server.administrative_state !== "enabled" && server.health.state === "up",
  );
  return isStartable
    ? `${told} until a check passes, or a server that was stopped is started. Press Start on its card below.`
    : `${told} until a check passes. The cards below say what is wrong with each server.`;
}
