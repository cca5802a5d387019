"""What was measured, and how ours compares: from samples to the JSON that is kept."""

import json
import math
import pathlib
import statistics
from collections import defaultdict

from .columns import COLUMNS
from .systems import BALANCERS, OURS, PEERS, SYSTEMS


class Results:
    """Samples by row, system and column."""

    def __init__(self) -> None:
        self._samples: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self.errors: dict[tuple[str, str], int] = defaultdict(int)
        # At the fixed rate: due, and still waiting at the end.
        self.unsent: dict[tuple[str, str], int] = defaultdict(int)
        # Requests a second at which the latencies were measured, by row.
        self.rates: dict[str, int] = {}

    def add(self, row: str, system: str, **values: float | None) -> None:
        """One round's values; None is no sample."""
        for key, value in values.items():
            if value is not None:
                self._samples[row, system][key].append(value)

    def median(self, row: str, system: str, key: str) -> float | None:
        """The middle of the rounds."""
        samples = self._samples[row, system][key]
        return statistics.median(samples) if samples else None

    def rows(self) -> list[dict[str, object]]:
        """One entry for each row and system, in the order in which rows first came."""
        names = list(dict.fromkeys(row for row, _ in self._samples))
        pairs = [(row, system) for row in names for system in SYSTEMS if self._samples.get((row, system))]
        return [self._entry(row, system) for row, system in pairs]

    def _entry(self, row: str, system: str) -> dict[str, object]:
        entry: dict[str, object] = {"row": row, "system": system}
        for key, samples in self._samples[row, system].items():
            if not samples:
                continue
            entry[key] = _rounded(statistics.median(samples))
            if len(samples) > 1:
                entry[f"{key}_min"], entry[f"{key}_max"] = _rounded(min(samples)), _rounded(max(samples))
        if row in self.rates and system in BALANCERS:
            entry["latency_at_rps"] = self.rates[row]
            entry["unsent"] = self.unsent[row, system]
        entry["errors"] = self.errors[row, system]
        return entry


def _rounded(value: float) -> float:
    """Four digits say more than was measured; large numbers keep theirs."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, max(0, 4 - math.ceil(math.log10(abs(value)))))


def ratios(rows: list[dict[str, object]]) -> dict[str, dict[str, float]]:
    """Row → column → ours divided by the better peer's. Above 1 is better for requests/s, below 1 for all else."""
    cells = {(entry["row"], entry["system"]): entry for entry in rows}
    compared: dict[str, dict[str, float]] = {}
    for row in dict.fromkeys(entry["row"] for entry in rows):
        for column in COLUMNS:
            ours = cells.get((row, OURS), {}).get(column.key)
            theirs = [value for peer in PEERS if (value := cells.get((row, peer), {}).get(column.key)) is not None]
            if ours is None or not theirs:
                continue
            better = max(theirs) if column.more_is_better else min(theirs)
            if better > 0:
                compared.setdefault(row, {})[column.key] = round(ours / better, 3)
    return compared


def write(path: pathlib.Path, document: dict[str, object]) -> None:
    """The JSON that is kept."""
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
