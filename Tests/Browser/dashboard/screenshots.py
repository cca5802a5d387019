"""Pictures of the page, for people to look at: the tests take them, and the documents show some of them."""

import pathlib

# Git ignores it; `make screenshots` copies what the documents show from here.
FOLDER = pathlib.Path(__file__).resolve().parents[1] / "screenshots"

# A wall's worth of pixels takes a busy machine without a graphics card long to draw, in milliseconds.
PATIENCE = 30_000

# Around the parts that are in the picture, in pixels.
MARGIN = 8

HIDE_NOTICE = "(hidden) => { document.getElementById('notice')?.style.setProperty('visibility', hidden ? 'hidden' : '') }"


def take(visit, name, *parts):
    """Takes a picture of the page, or of the smallest box around the parts of it that selectors name."""
    FOLDER.mkdir(exist_ok=True)
    page = visit.page
    options = {"path": FOLDER / f"{name}.png", "full_page": True, "animations": "allow", "timeout": PATIENCE}
    if parts:
        options["clip"] = _box(page, parts)
    # It comes and goes at the foot of the window, which a picture of the whole page does not have.
    page.evaluate(HIDE_NOTICE, True)
    page.screenshot(**options)
    page.evaluate(HIDE_NOTICE, False)


def _box(page, parts):
    """The box around parts, in the page's coordinates, as far as the page goes."""
    page.evaluate("window.scrollTo(0, 0)")
    boxes = [page.locator(part).first.bounding_box() for part in parts]
    left = max(0, min(box["x"] for box in boxes) - MARGIN)
    top = max(0, min(box["y"] for box in boxes) - MARGIN)
    right = max(box["x"] + box["width"] for box in boxes) + MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
    return {"x": left, "y": top, "width": min(right, page.viewport_size["width"]) - left, "height": bottom - top}
