"""Which files of a module need which, and which need one another."""

import pathlib

from . import index

File = pathlib.PurePath
Needs = dict[File, dict[File, set[str]]]
"""For each file the others that it needs, with the names that it takes from them."""


def needs(units: dict[File, index.Unit], module: str) -> Needs:
    inside = {file: unit for file, unit in units.items() if unit.module == module}
    home = {symbol: file for file, unit in inside.items() for symbol in unit.defined}
    found: Needs = {file: {} for file in inside}
    for file, unit in inside.items():
        for symbol, name in unit.named.items():
            if home.get(symbol, file) != file:
                found[file].setdefault(home[symbol], set()).add(name)
    return found


def circles(needed: Needs) -> list[list[File]]:
    """The strongly connected components of more than one file, the largest first."""
    reached = {file: _reached(needed, file) for file in needed}
    found: list[list[File]] = []
    placed: set[File] = set()
    for file in sorted(needed):
        if file in reached[file] and file not in placed:
            found.append(sorted(other for other in reached[file] if file in reached[other]))
            placed.update(found[-1])
    return sorted(found, key=len, reverse=True)


def _reached(needed: Needs, start: File) -> set[File]:
    seen: set[File] = set()
    left = [start]
    while left:
        for file in needed[left.pop()]:
            if file not in seen:
                seen.add(file)
                left.append(file)
    return seen
