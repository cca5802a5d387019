"""Puts the pictures that the documents show where they show them, each with few colours, for they stay in git."""

import pathlib
import re
import sys

from PIL import Image

from dashboard.screenshots import FOLDER

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [REPOSITORY / "README.md", *sorted(REPOSITORY.glob("docs/*.md"))]
IMAGES = REPOSITORY / "docs/images"

# Enough for the page's flat colours and the edges of its type; a third of the size of the original.
COLOURS = 96


def main():
    shown = "".join(document.read_text() for document in DOCUMENTS)
    wanted = set(re.findall(r"\((?:docs/)?images/([\w-]+)\.png\)", shown))
    missing = [name for name in sorted(wanted) if not (FOLDER / f"{name}.png").exists()]
    if missing:
        sys.exit(f"error: documents show pictures that no test took: {', '.join(missing)}")
    IMAGES.mkdir(exist_ok=True)
    for name in sorted(wanted):
        picture = Image.open(FOLDER / f"{name}.png").convert("RGB")
        few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(IMAGES / f"{name}.png", optimize=True)
    for left in IMAGES.glob("*.png"):
        if left.stem not in wanted:
            left.unlink()
    total = sum(path.stat().st_size for path in IMAGES.glob("*.png"))
    print(f"{len(wanted)} pictures, {total // 1000} kB, in {IMAGES}")


if __name__ == "__main__":
    main()
