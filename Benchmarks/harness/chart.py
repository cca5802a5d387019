"""The chart that the README shows: CPU time per request beside each other, drawn by hand as SVG."""

from html import escape

from .report import NAMES
from .rows import BUDGET_ROWS, named
from .systems import BALANCERS, OURS

# Only what has one scale: requests of some microseconds.
ROWS = (*BUDGET_ROWS, "http-retry")

WIDTH = 760
LABEL_WIDTH = 236
VALUE_WIDTH = 86
BAR_HEIGHT = 14
GAP = 14
TOP = 62
BOTTOM = 30

# Readable on white and on GitHub's dark page; the colour scheme of the viewer decides.
STYLE = """
text { font: 12px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.quiet { fill: #59636e; }
.ours { font-weight: 600; }
.bar-evenkeel { fill: #0969da; }
.bar-haproxy { fill: #8c959f; }
.bar-nginx { fill: #bdc4cc; }
.range { stroke: #1f2328; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .quiet { fill: #9198a1; }
  .bar-evenkeel { fill: #4493f8; }
  .bar-haproxy { fill: #767e88; }
  .bar-nginx { fill: #4d555e; }
  .range { stroke: #f0f6fc; }
}
"""


def draw(document: dict) -> str:
    """The chart of a run, as the text of an SVG file."""
    cells = {(entry["row"], entry["system"]): entry for entry in document["rows"] if "cpu_us" in entry}
    rows = [row for row in ROWS if any((row, system) in cells for system in BALANCERS)]
    longest = max((cells[row, system].get("cpu_us_max", cells[row, system]["cpu_us"])
                   for row in rows for system in BALANCERS if (row, system) in cells), default=1)
    scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / longest
    parts, top = _heading(document), TOP
    for row in rows:
        parts.append(_text(LABEL_WIDTH - 12, top + 1.5 * BAR_HEIGHT + 4, named(row).title, "", "end"))
        # Ours first: the eye starts there.
        for system in reversed(BALANCERS):
            if (row, system) in cells:
                parts += _bar(cells[row, system], top, scale)
                top += BAR_HEIGHT
        top += GAP
    return _document(parts, top + BOTTOM - GAP, _summary(cells, rows))


def _heading(document: dict) -> list[str]:
    versions = document["versions"]
    words = (f"HAProxy {versions['haproxy'].split('-')[0]}, nginx {versions['nginx']}, {document['machine']['cpu']}, "
             f"{document['date'][:10]}")
    parts = [_text(0, 16, "CPU time of the balancer for a request, in µs: less is better", "title"),
             _text(0, 36, words, "quiet")]
    left = WIDTH - 250
    for system in reversed(BALANCERS):
        parts.append(f'<rect class="bar-{system}" x="{left}" y="27" width="11" height="11" rx="2"/>')
        parts.append(_text(left + 16, 37, NAMES[system], "ours" if system == OURS else ""))
        left += 90
    return parts


def _bar(entry: dict, top: float, scale: float) -> list[str]:
    system, value = entry["system"], entry["cpu_us"]
    width, middle = value * scale, top + BAR_HEIGHT / 2
    parts = [f'<rect class="bar-{system}" x="{LABEL_WIDTH}" y="{top + 1}" width="{width:.1f}" '
             f'height="{BAR_HEIGHT - 2}" rx="2"/>']
    end = width
    if "cpu_us_min" in entry:
        least, end = entry["cpu_us_min"] * scale, entry["cpu_us_max"] * scale
        parts.append(f'<line class="range" x1="{LABEL_WIDTH + least:.1f}" x2="{LABEL_WIDTH + end:.1f}" '
                     f'y1="{middle}" y2="{middle}"/>')
    parts.append(_text(LABEL_WIDTH + max(width, end) + 6, middle + 4, f"{value:.1f}", "ours" if system == OURS else ""))
    return parts


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    kinds = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{kinds}>{escape(words)}</text>'


def _summary(cells: dict, rows: list[str]) -> str:
    """The same for who cannot see it."""
    sentences = []
    for row in rows:
        values = ", ".join(f"{NAMES[system]} {cells[row, system]['cpu_us']:.1f}" for system in reversed(BALANCERS)
                           if (row, system) in cells)
        sentences.append(f"{named(row).title}: {values}.")
    return " ".join(sentences)


def _document(parts: list[str], height: float, summary: str) -> str:
    title = "CPU time of the balancer for a request, in microseconds"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" '
        f'viewBox="0 0 {WIDTH} {height:g}" role="img" aria-labelledby="title summary">',
        f'<title id="title">{title}</title>', f'<desc id="summary">{escape(summary)}</desc>',
        f"<style>{STYLE}</style>", *parts, "</svg>", ""])
