// Sets the kept theme before the first paint, so that a dark page does not flash white. A classic script, for modules
// run too late.
try {
  const theme = window.localStorage.getItem("evenkeel-theme");
  if (theme === "light" || theme === "dark") document.documentElement.setAttribute("data-theme", theme);
} catch {
  // Storage may be forbidden: the system's theme holds.
}
