// The theme: as the system has it, light, or dark. Kept in this browser. theme-early.js sets it before the first paint.

import { byId, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

const ORDER = ["auto", "light", "dark"];
const KEY = "evenkeel-theme";

function stored() {
  try {
    const theme = window.localStorage.getItem(KEY);
    return ORDER.includes(theme) ? theme : "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
}

function keep(theme) {
  try {
    window.localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this page, then.
  }
}

export function startThemeButton() {
  const button = byId("theme");
  const label = button.querySelector(".label");
  button.prepend(icon("theme"));
  let current = stored();
  const show = (theme) => {
    current = theme;
    setAttribute(document.documentElement, "data-theme", theme === "auto" ? null : theme);
    const name = theme === "auto" ? "Auto" : theme === "light" ? "Light" : "Dark";
    setText(label, name);
    const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    button.setAttribute("title", `Theme: ${theme}. Press for ${next}.`);
    button.setAttribute("aria-label", `${name} theme; change to ${next}`);
  };
  button.addEventListener("click", () => {
    const theme = ORDER[(ORDER.indexOf(current) + 1) % ORDER.length];
    keep(theme);
    show(theme);
  });
  window.addEventListener("storage", (event) => event.key === KEY && show(stored()));
  show(current);
}
