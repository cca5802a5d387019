"""Puts the pictures that docs/demo.md shows where it shows them, each with few colours, for they stay in git."""

import pathlib
import re
import sys

from PIL import Image

from dashboard.screenshots import FOLDER

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/demo.md"
IMAGES = DOCUMENT.parent / "images"

# Enough for the page's flat colours and the edges of its type; a third of the size of the original.
COLOURS = 96


def main():
    wanted = set(re.findall(r"\(images/([\w-]+)\.png\)", DOCUMENT.read_text()))
    missing = [name for name in sorted(wanted) if not (FOLDER / f"{name}.png").exists()]
    if missing:
        sys.exit(f"error: {DOCUMENT.name} shows pictures that no test took: {', '.join(missing)}")
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
