"""A recent request's row, opened: "why this server?"."""

from playwright.sync_api import expect


def opened(dashboard, target):
    """Opens the request with this target, and gives its row."""
    row = dashboard.find("#recent > li", has_text=target).first
    row.locator("button").click()
    expect(row.locator(".exchange-detail")).to_be_visible()
    return row


def candidates(row):
    """What is said of each candidate: (in flight, weight, verdict) by its name."""
    found = {}
    for line in row.locator(".candidates tbody tr").all():
        in_flight, weight, verdict = line.locator("td").all_inner_texts()
        found[line.locator("th").inner_text()] = (int(in_flight), int(weight), verdict)
    return found
