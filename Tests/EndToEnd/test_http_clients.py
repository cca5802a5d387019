"""Clients as people have them, unmodified."""

import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess

import httpx
import pytest
import requests

from support.apache_bench import ApacheBench
from support.backends import backends
from support.http_balancer import HTTPBalancer
from support.http_server import HTTPServer, response
from support.sanitizer import scaled

SUPPORT = pathlib.Path(__file__).parent / "support"


def run(*command, timeout=30, **more):
    """What a program says, when it ends well; the test is skipped where there is no such program."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def echo(start):
    """A balancer before a server that sends bodies back, in chunks if they came so."""
    def answer(asked, peer):
        return response(asked.method.encode() + b" " + asked.target.encode() + b" " + asked.body)

    return start(HTTPBalancer([start(HTTPServer(answer))]))


@pytest.fixture
def demo(start):
    """A balancer before two demo backends."""
    pair = [start(backend) for backend in backends(2)]
    return start(HTTPBalancer([(backend.name, backend.address) for backend in pair]))


def test_curl(echo, tmp_path):
    url = f"http://{echo.address}"
    assert run("curl", "-sS", url + "/a?b=c") == "GET /a?b=c "
    assert run("curl", "-sS", "-d", "x=y", url + "/form") == "POST /form x=y"
    assert run("curl", "-sS", "--http1.0", url + "/old") == "GET /old "
    assert run("curl", "-sS", "-X", "DELETE", url + "/gone") == "DELETE /gone "
    file = tmp_path / "body"
    file.write_bytes(b"y" * 2_000_000)
    assert len(run("curl", "-sS", "-T", file, url + "/put")) == len("PUT /put ") + 2_000_000
    chunked = run("curl", "-sS", "-T", "-", url + "/put", input="from a pipe")
    assert chunked == "PUT /put from a pipe"


def test_curl_as_if_to_a_proxy(echo):
    assert run("curl", "-sS", "--proxy", f"http://{echo.address}", "http://other.test/path") == "GET /path "


def test_curl_with_an_expectation(echo, tmp_path):
    file = tmp_path / "body"
    file.write_bytes(b"z" * 1_500_000)
    got = run("curl", "-sS", "-H", "Expect: 100-continue", "--expect100-timeout", "1", "--data-binary", f"@{file}",
              f"http://{echo.address}/large")
    assert got == "POST /large " + "z" * 1_500_000


def test_many_urls_of_one_curl_use_one_connection(demo):
    url = f"http://{demo.address}/[1-200]"
    text = run("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{num_connects}\n", url)
    lines = text.split("\n")[:-1]
    assert len(lines) == 200
    assert set(lines[1:]) == {"200 0"}


@pytest.mark.parametrize("keep_alive", [True, False], ids=["kept alive", "closed"])
def test_wrk(demo, keep_alive):
    options = [] if keep_alive else ["-H", "Connection: close"]
    text = run("wrk", "-t1", "-c32", "-d1s", *options, f"http://{demo.address}/")
    assert "Non-2xx" not in text
    if keep_alive:
        assert "Socket errors" not in text, text
    assert int(re.search(r"(\d+) requests in", text)[1]) > scaled(500)


def test_ab(start, demo):
    report = start(ApacheBench(demo.address, scaled(10_000), 32)).report()
    assert report["Complete requests"] == scaled(10_000)
    assert (report["Failed requests"], report.get("Non-2xx responses", 0)) == (0, 0)
    # The last of each connection's requests is told to close.
    assert report["Keep-Alive requests"] >= 0.99 * scaled(10_000)


def test_hey(demo):
    text = run("hey", "-n", "5000", "-c", "20", f"http://{demo.address}/")
    assert re.search(r"\[200\]\s+5000 responses", text), text


def test_requests(echo):
    with requests.Session() as session:
        for number in range(50):
            assert session.get(f"http://{echo.address}/{number}", timeout=5).text == f"GET /{number} "
            got = session.post(f"http://{echo.address}/p", data=b"x" * number, timeout=5)
            assert got.content == b"POST /p " + b"x" * number
        streamed = session.put(f"http://{echo.address}/s", data=iter([b"one ", b"two"]), timeout=5)
        assert streamed.text == "PUT /s one two"
        assert session.head(f"http://{echo.address}/h", timeout=5).status_code == 200
        assert session.options(f"http://{echo.address}/o", timeout=5).ok


def test_requests_from_many_threads(demo):
    with requests.Session() as session, concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = pool.map(lambda _: session.get(f"http://{demo.address}/", timeout=10).json()["server"], range(200))
        assert set(got) == {"Server-1", "Server-2"}


def test_httpx(echo):
    with httpx.Client(base_url=f"http://{echo.address}") as client:
        for number in range(50):
            assert client.get(f"/{number}").text == f"GET /{number} "
        assert client.post("/j", json={"a": 1}).text in ('POST /j {"a":1}', 'POST /j {"a": 1}')
        assert client.put("/s", content=iter([b"one ", b"two"])).text == "PUT /s one two"
        with client.stream("POST", "/large", content=b"z" * 1_000_000) as streamed:
            assert sum(len(part) for part in streamed.iter_bytes()) == len("POST /large ") + 1_000_000


def test_node(demo):
    told = json.loads(run("node", SUPPORT / "node_client.js", f"http://{demo.address}/", 1000))
    assert told["statuses"] == {"200": 1000}
    # Eight at a time, each good for hundreds of requests.
    assert told["connections"] <= 12


GO = """
package main

import ("fmt"; "io"; "net/http"; "os"; "strings")

func main() {
    for n := 0; n < 200; n++ {
        answer, err := http.Post(os.Args[1], "text/plain", strings.NewReader(strings.Repeat("x", n)))
        if err != nil { panic(err) }
        body, err := io.ReadAll(answer.Body)
        if err != nil || answer.StatusCode != 200 { panic(fmt.Sprint(answer.Status, err)) }
        answer.Body.Close()
        if !strings.HasSuffix(string(body), strings.Repeat("x", n)) { panic(string(body)) }
    }
    fmt.Println("all is well")
}
"""


def test_go(echo, tmp_path):
    (tmp_path / "client.go").write_text(GO)
    assert "all is well" in run("go", "run", tmp_path / "client.go", f"http://{echo.address}/", timeout=50)
