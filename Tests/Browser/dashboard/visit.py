"""One visit to the dashboard: a tab of its own that notices everything that goes wrong in it."""

import contextlib
import re
import urllib.parse

from playwright.sync_api import expect

from . import unbuilt_page

# A busy machine gets this long to show what is awaited, in milliseconds.
PATIENCE = 10_000

# A light tone of what the page logs is no fault; these are.
FAULTS = ("error", "warning", "assert")

COUNT_CHANGES = """([selector, count]) => new Promise((resolve, reject) => {
  const node = document.querySelector(selector);
  let left = count;
  const timer = setTimeout(() => reject(new Error(`${left} of ${count} updates of ${selector} did not come`)), 3000 * count);
  const observer = new MutationObserver(() => {
    left -= 1;
    if (left > 0) return;
    observer.disconnect();
    clearTimeout(timer);
    requestAnimationFrame(() => resolve());
  });
  observer.observe(node, { childList: true, characterData: true, subtree: true });
})"""

COUNT_TICKS = """(count) => new Promise((resolve, reject) => {
  const source = new EventSource("/api/v1/events");
  let left = count + 1;  // the first one comes at once
  const timer = setTimeout(() => reject(new Error(`${left} of ${count} ticks did not come`)), 3000 * count);
  source.addEventListener("tick", () => {
    left -= 1;
    if (left > 0) return;
    source.close();
    clearTimeout(timer);
    requestAnimationFrame(() => resolve());
  });
})"""


class Visit:
    """A tab with the dashboard at `address`; leaving it fails if the page did anything that no page may do."""

    def __init__(self, browser, address, *, width=1280, height=900, theme="light", motion=True, path="/"):
        self.address = address
        self._allowed = []
        self._problems = []
        self._hosts = set()
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme,
            reduced_motion="no-preference" if motion else "reduce")
        self._context.set_default_timeout(PATIENCE)
        if unbuilt_page.folder():
            unbuilt_page.serve(self._context, unbuilt_page.folder())
        self.page = self._context.new_page()
        self._watch()
        self.page.goto(f"http://{address}{path}")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._context.close()
        if kind is None:
            self.check()

    def check(self):
        """Fails if the page complained of anything, or asked anybody else for anything."""
        assert not self.problems, f"the page complains: {self.problems}"
        assert self._hosts == {self.address}, f"the page asked others: {self._hosts}"

    def calm(self):
        """As it was when it was opened, once the demo is."""
        self.page.evaluate("for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close('keep')")
        if self.find("#pause").get_attribute("aria-pressed") == "true":
            self.find("#pause").click()
        for button in self.find('#recent [aria-expanded="true"]').all():
            button.click()
        self.page.mouse.move(0, 0)
        expect(self.metric("total")).to_have_text("0")
        expect(self.find("#status-healthy")).to_have_text("3 of 3 in turn")

    def _watch(self):
        page = self.page
        page.on("console", lambda message: message.type in FAULTS and self._problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self._problems.append(f"uncaught: {error}"))
        page.on("request", lambda request: self._hosts.add(urllib.parse.urlsplit(request.url).netloc))
        page.on("dialog", self._dismiss)

    def _dismiss(self, dialog):
        self._problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def allow(self, pattern):
        """Complaints that the test itself brings about, such as the browser's own of a refused call."""
        self._allowed.append(re.compile(pattern))

    @property
    def problems(self):
        """What went wrong so far."""
        return [problem for problem in self._problems if not any(known.search(problem) for known in self._allowed)]

    # What is on the page

    def wait_until_ready(self):
        """Until the page shows the service."""
        expect(self.page.locator("html")).to_have_attribute("data-ready", "yes", timeout=PATIENCE)
        return self

    def find(self, selector, **more):
        """A part of the page."""
        return self.page.locator(selector, **more)

    def card(self, name):
        """The card of a server."""
        return self.find(f'#servers > .card[data-server="{name}"]')

    def state(self, name):
        """The word on the card of a server."""
        return self.card(name).locator('[data-part="state"]')

    def button(self, name):
        """A button by its accessible name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def metric(self, key):
        """A figure of the strip."""
        return self.find(f'[data-metric="{key}"] .metric-value')

    def number(self, locator):
        """What a part says, as a number."""
        return float(locator.inner_text().replace(",", ""))

    # Time

    def ticks(self, count=1):
        """Lets the page show so many further ticks."""
        self.page.evaluate(COUNT_CHANGES, ["#status-uptime", count])

    def hidden_ticks(self, count=1):
        """The same for a page that shows none of them: counted by a stream of its own."""
        self.page.evaluate(COUNT_TICKS, count)

    @contextlib.contextmanager
    def still(self, *selectors):
        """Fails unless these parts read the same at the end as at the beginning."""
        before = [self.find(selector).all_inner_texts() for selector in selectors]
        yield
        after = [self.find(selector).all_inner_texts() for selector in selectors]
        assert after == before
