"""Names and paths that want to be markup are shown as the text that they are, and nothing in them runs."""

import pytest
from playwright.sync_api import expect

from dashboard import screenshots
from support.admin import AdminBalancer
from support.http_server import HTTPServer, response

HOSTILE = '<img src=x onerror="document.title=\'owned\';window.owned=1">'
IN_A_PATH = "/<img/src=x/onerror=window.owned=1><script>window.owned=1</script>"


@pytest.fixture
def balancer(start):
    server = start(HTTPServer(name=HOSTILE))
    return start(AdminBalancer([server]))


def test_a_hostile_server_name_and_path_are_shown_as_text(balancer, visit):
    for target in (IN_A_PATH, f"/?q={IN_A_PATH}"):
        balancer.get(target)
    view = visit(balancer)
    expect(view.find(".card-name")).to_have_text(HOSTILE)
    expect(view.find("#flow-servers .flow-name")).to_have_text(HOSTILE)
    expect(view.find("#distribution-legend .name")).to_have_text(HOSTILE)
    targets = view.find("#recent .exchange-target")
    expect(targets).to_have_text([f"GET /?q={IN_A_PATH}", f"GET {IN_A_PATH}"])
    view.find("#recent .exchange-button").first.click()
    expect(view.find("#recent .candidates .name")).to_have_text(HOSTILE)
    view.find('[data-action="toggle"]').click()
    expect(view.find("#notice")).to_contain_text(HOSTILE)
    expect(view.find("#changes")).to_contain_text(HOSTILE)
    expect(view.find("#announcer")).to_contain_text(HOSTILE)
    screenshots.take(view, "hostile-text")
    assert view.page.evaluate("window.owned ?? null") is None
    assert view.find("img, main script, main iframe").count() == 0
    assert "owned" not in view.page.title()


def test_a_hostile_answer_to_a_test_is_shown_as_text(start, visit):
    answer = response(b"ok\n", fields={"X-Backend": f"{HOSTILE}:1"})
    server = start(HTTPServer(lambda request, peer: answer, name="server"))
    view = visit(start(AdminBalancer([server])))
    view.find("#load-test").click()
    expect(view.find("#test-result")).to_have_attribute("data-state", "finished")
    expect(view.find("#test-result .test-servers tbody th")).to_have_text(HOSTILE)
    assert view.page.evaluate("window.owned ?? null") is None
    assert view.find("img").count() == 0
