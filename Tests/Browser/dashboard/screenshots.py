"""Pictures of the page, for people to look at: the tests take them, and the documents show some of them."""

import pathlib

# Git ignores it; `make screenshots` copies what the documents show from here.
FOLDER = pathlib.Path(__file__).resolve().parents[1] / "screenshots"


def take(visit, name, *, of=None, whole=False):
    """Takes a picture of a part of the page (a selector), of the whole page, or of what is in view."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.png"
    options = {"path": path, "animations": "allow"}
    if of is not None:
        visit.find(of).screenshot(**options)
    else:
        visit.page.screenshot(full_page=whole, **options)
    return path
