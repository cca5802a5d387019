"""Medians, ratios, budgets, and what is drawn of them."""

import xml.etree.ElementTree

import pytest

from harness import budgets, chart, passes, report, results, systems
from harness.rows import BUDGET_ROWS, LOAD_ROWS


def _measured():
    measured = results.Results()
    for system, rps, cpu in [("haproxy", 1000, 20), ("nginx", 2000, 10), ("evenkeel", 3000, 5), ("backend", 9000, 1)]:
        for change in (0.9, 1, 1.3):
            measured.add("http-keepalive", system, rps=rps * change, cpu_us=cpu * change)
    return measured


def _document():
    rows = _measured().rows()
    versions = {name: "1" for name in ("haproxy", "nginx", "evenkeel", "commit")}
    machine = {"cpu": "A <CPU> & more", "cores": 2, "system": "Debian", "kernel": "6", "load_average_at_start": 0.5}
    return {"name": "latest", "date": "2026-11-25T20:00:00+00:00", "machine": machine, "versions": versions,
            "rounds": 3, "rows": rows, "ratios": results.ratios(rows)}


def test_an_entry_has_the_median_with_least_and_most():
    entry = _measured().rows()[0]
    assert entry["system"] == "haproxy"
    assert (entry["rps_min"], entry["rps"], entry["rps_max"]) == (900, 1000, 1300)


def test_a_ratio_is_against_the_better_peer_whichever_way_is_better():
    assert results.ratios(_measured().rows()) == {"http-keepalive": {"rps": 1.5, "cpu_us": 0.5}}


def test_the_bare_backend_is_no_peer():
    rows = [entry for entry in _measured().rows() if entry["system"] in ("evenkeel", "backend")]
    assert results.ratios(rows) == {}


def test_a_cell_that_nobody_else_has_has_no_ratio():
    measured = _measured()
    measured.add("http-keepalive", "evenkeel", syscalls=4)
    assert "syscalls" not in results.ratios(measured.rows())["http-keepalive"]


def test_in_each_round_another_begins_and_all_have_their_turn():
    assert [passes.turned(list("abc"), number) for number in range(4)] == [
        list("abc"), list("bca"), list("cab"), list("abc")]


def test_each_budgeted_row_exists_and_is_counted():
    assert all(row.counted for row in LOAD_ROWS if row.name in BUDGET_ROWS)
    assert len({row.name for row in LOAD_ROWS} & set(BUDGET_ROWS)) == len(BUDGET_ROWS)


COUNTS = {"http-close": {"instructions": 1000.4, "syscalls": 4.04}}


def test_a_written_budget_leaves_the_tolerance():
    written = budgets.budgets_for(COUNTS)["rows"]["http-close"]
    assert written == {"instructions": 1101, "syscalls": 4.5}
    assert budgets.over_budget(COUNTS, {"http-close": written}) == []


@pytest.mark.parametrize("column, budget", [("instructions", 1000), ("syscalls", 4.0)])
def test_a_row_over_its_budget_is_named(column, budget):
    allowed = {"http-close": {"instructions": 2000, "syscalls": 9, column: budget}}
    (line,) = budgets.over_budget(COUNTS, allowed)
    assert "http-close" in line and column in line


def test_a_row_without_a_budget_is_over_it():
    assert len(budgets.over_budget(COUNTS, {})) == 2


def test_tables_tell_systems_and_ratios():
    document = _document()
    assert "ours / better peer" in report.terminal(document) and "1.50" in report.terminal(document)
    assert "| requests/s | 1,000 (900–1,300) | 2,000 (1,800–2,600) |" in report.markdown(document)


def test_errors_stand_beside_the_name():
    document = _document()
    document["rows"][0] |= {"errors": 7, "unsent": 8}
    assert "HAProxy [7 errors, 8 unsent]" in report.terminal(document)


def test_the_chart_is_whole_xml_with_a_bar_for_each_balancer():
    drawn = xml.etree.ElementTree.fromstring(chart.draw(_document()))
    bars = [element for element in drawn.iter("{http://www.w3.org/2000/svg}rect")]
    assert len(bars) == 2 * len(systems.BALANCERS)


def test_a_template_with_an_unknown_name_is_refused():
    assert systems.filled("listen 127.0.0.1:@http@;", {"http": 80}) == "listen 127.0.0.1:80;"
    with pytest.raises(KeyError):
        systems.filled("@nothing@", {})
