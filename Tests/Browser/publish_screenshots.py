"""Puts the pictures that the documents show where they show them, each with few colours, for they stay in git."""

import pathlib
import re
import sys

from PIL import Image

from dashboard.screenshots import FOLDER

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [REPOSITORY / "README.md", *sorted(REPOSITORY.glob("docs/*.md"))]
IMAGES = REPOSITORY / "docs/images"

# As many as a palette holds. Chosen for coverage: the few pixels of a red or green word must keep their colour.
COLOURS = 256


def main():
    shown = "".join(document.read_text() for document in DOCUMENTS)
    wanted = set(re.findall(r"\((?:docs/)?images/([\w-]+)\.png\)", shown))
    missing = [name for name in sorted(wanted) if not (FOLDER / f"{name}.png").exists()]
    if missing:
        sys.exit(f"error: documents show pictures that no test took: {', '.join(missing)}")
    IMAGES.mkdir(exist_ok=True)
    for name in sorted(wanted):
        picture = Image.open(FOLDER / f"{name}.png").convert("RGB")
        few = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(IMAGES / f"{name}.png", optimize=True)
    for left in IMAGES.glob("*.png"):
        if left.stem not in wanted:
            left.unlink()
    total = sum(path.stat().st_size for path in IMAGES.glob("*.png"))
    print(f"{len(wanted)} pictures, {total // 1000} kB, in {IMAGES}")


if __name__ == "__main__":
    main()
