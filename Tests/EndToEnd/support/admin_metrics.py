"""A strict reader of Prometheus's text format, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/: what a lenient reader would let pass (a sample
before its type, a sample twice, a bucket that shrinks) is an error here.
"""

import dataclasses
import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
COMMENT = re.compile(rf"# (HELP|TYPE) ({NAME}) (.+)")
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)')
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf)|NaN")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}


@dataclasses.dataclass
class Family:
    """The samples of one metric: {(name, ((label, value), …)): number}."""

    name: str
    kind: str = ""
    help: str = ""
    samples: dict = dataclasses.field(default_factory=dict)


class Exposition:
    """All families of one answer."""

    def __init__(self, text):
        assert text.endswith("\n"), "the last line is not ended"
        self.families = {}
        self._current = None
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
            try:
                self._take(line)
            except AssertionError as error:
                raise AssertionError(f"line {number}: {line!r}: {error}") from None
        for family in self.families.values():
            self._check(family)

    def value(self, name, **labels):
        """The number of the only sample of that name with (at least) these labels."""
        found = self.values(name, **labels)
        assert len(found) == 1, f"{name}{labels}: {found}"
        return next(iter(found.values()))

    def total(self, name, **labels):
        """The sum of all samples of that name with these labels."""
        return sum(self.values(name, **labels).values())

    def values(self, name, **labels):
        """Every sample of that name with these labels: {labels: number}."""
        return {
            pairs: number for family in self.families.values() for (sample, pairs), number in family.samples.items()
            if sample == name and labels.items() <= dict(pairs).items()}

    def _take(self, line):
        assert line == line.strip() and line, "an empty line, or blanks around it"
        if line.startswith("#"):
            self._take_comment(line)
            return
        found = SAMPLE.fullmatch(line)
        assert found, "not a sample"
        name, labels, number = found.groups()
        assert NUMBER.fullmatch(number), "not a number"
        family = self._current
        assert family and name in self._names(family), "a sample outside of its family"
        key = (name, self._labels(labels or ""))
        assert key not in family.samples, "the same sample twice"
        family.samples[key] = float(number)

    def _take_comment(self, line):
        found = COMMENT.fullmatch(line)
        assert found, "a comment that is neither HELP nor TYPE"
        what, name, rest = found.groups()
        if self._current is None or self._current.name != name:
            assert name not in self.families, "a family in two pieces"
            self._current = self.families[name] = Family(name)
        family = self._current
        assert not family.samples, "HELP or TYPE behind the first sample"
        if what == "HELP":
            assert not family.help, "HELP twice"
            family.help = rest
        else:
            assert not family.kind and rest in ("counter", "gauge", "histogram", "summary", "untyped"), "TYPE"
            family.kind = rest

    @staticmethod
    def _names(family):
        return [family.name + suffix for suffix in SUFFIXES.get(family.kind, ("",))]

    @staticmethod
    def _labels(text):
        pairs, at = [], 0
        while at < len(text):
            found = LABEL.match(text, at)
            assert found, f"not a label at {text[at:]!r}"
            pairs.append((found[1], re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), found[2])))
            at = found.end()
        assert len({name for name, _ in pairs}) == len(pairs), "a label twice"
        return tuple(sorted(pairs))

    def _check(self, family):
        assert family.kind and family.help, f"{family.name} has no TYPE, or no HELP"
        for number in family.samples.values():
            assert family.kind not in ("counter", "histogram") or number >= 0, f"{family.name} is negative"
        if family.kind == "counter":
            assert family.name.endswith("_total"), f"{family.name} is a counter without _total"
        if family.kind == "histogram":
            self._check_histogram(family)

    @staticmethod
    def _check_histogram(family):
        rows = {}
        for (name, labels), number in family.samples.items():
            if name.endswith("_bucket"):
                bound = dict(labels)["le"]
                rest = tuple(pair for pair in labels if pair[0] != "le")
                rows.setdefault(rest, []).append((math.inf if bound == "+Inf" else float(bound), number))
        for labels, row in rows.items():
            assert row == sorted(row), f"{family.name}{labels}: bounds or counts shrink"
            assert row[-1][0] == math.inf, f"{family.name}{labels}: no bucket +Inf"
            assert row[-1][1] == family.samples[(family.name + "_count", labels)], f"{family.name}{labels}: _count"
            assert (family.name + "_sum", labels) in family.samples, f"{family.name}{labels}: no _sum"
