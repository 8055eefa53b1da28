"""The real server on a real socket: it streams, notices who has gone, stops at once; and what a browser makes of it."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from web_fakes import made, message, with_response


def read_event(answer, name):
    while True:
        lines = []
        while line := answer.readline().strip():
            lines.append(line.decode())
        if f"event: {name}" in lines:
            return json.loads(next(line for line in lines if line.startswith("data: "))[6:])


def test_the_feed_streams_over_a_real_socket(running):
    line, answer = running.feed("1")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert read_event(answer, "lamp")["state"] == "capturing"
    began = time.perf_counter()
    running.captures.add(made(2))
    assert read_event(answer, "rows")["rows"][0]["change"] == 2
    assert time.perf_counter() - began < 1
    line.close()


def test_streams_beyond_the_limit_are_refused_and_a_reader_that_goes_makes_room(running):
    lines = [running.feed() for _ in range(4)]
    for _, answer in lines:
        read_event(answer, "lamp")
    assert running.knock() == 503
    for line, answer in lines:
        answer.close()
        line.close()
    deadline = time.monotonic() + 15
    while running.knock() != 200:
        assert time.monotonic() < deadline, "readers that have gone still count"


def test_pages_are_served_while_every_stream_is_open(running):
    lines = [running.feed() for _ in range(4)]
    assert running.cookie()
    for line, answer in lines:
        answer.close()
        line.close()


def test_it_stops_with_streams_open(running):
    line, answer = running.feed()
    read_event(answer, "lamp")
    running.stop.set()
    running.thread.join(10)
    assert not running.thread.is_alive()
    answer.close()
    line.close()


class Elsewhere(BaseHTTPRequestHandler):
    """Another site, with a link and a form to the dashboard."""

    target = ""

    def do_GET(self):
        page = f"""<a id=link href="{self.target}/set-up">link</a>
            <form id=form method=post action="{self.target}/forget"><button>go</button></form>
            <img src="{self.target}/api/v1/status"><p>here</p>""".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args):
        pass


@pytest.fixture
def elsewhere(running):
    handler = type("Handler", (Elsewhere,), {"target": running.base})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
class TestInChromium:
    def sign_in(self, chromium, running, **options):
        context = chromium.new_context(**options)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(running.link())
        page.wait_for_url("**/traffic*")
        return page

    def test_the_printed_link_just_works_also_under_the_dashboards_own_name(self, chromium, running):
        page = chromium.new_context().new_page()
        page.goto(running.link(f"http://inspector.localhost:{running.port}"))
        page.wait_for_url(f"http://inspector.localhost:{running.port}/traffic*")

    def test_a_link_on_another_sites_page_leads_to_the_dashboard_signed_in(
        self, chromium, running, elsewhere
    ):
        page = self.sign_in(chromium, running)
        page.goto(elsewhere)
        page.click("#link")
        page.wait_for_selector("h1:has-text('Set-up')")

    def test_another_sites_form_changes_nothing(self, chromium, running, elsewhere):
        page = self.sign_in(chromium, running)
        page.goto(elsewhere)
        page.click("#form button")
        page.wait_for_selector("h1")
        assert running.captures.exchanges

    def test_forms_work_without_script(self, chromium, running):
        page = self.sign_in(chromium, running, java_script_enabled=False)
        page.goto(f"{running.base}/set-up")
        page.click("main button:has-text('Pause capturing')")
        page.wait_for_selector("main button:has-text('Capture again')")

    def test_captured_content_does_not_run(self, chromium, running):
        evil = b"<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"><svg onload=\"document.title='owned'\">"
        for n, media in enumerate(
            (
                "text/html",
                "image/svg+xml",
                "text/plain",
                "application/json",
                "multipart/form-data; boundary=x",
            ),
            10,
        ):
            answered = message("HTTP/1.1 200 OK", f"Content-Type: {media}", f"X: {evil.decode()}", body=evil)
            running.captures.add(
                with_response(answered, n, host=evil.decode(), path=f"/{evil.decode()}", agent=evil.decode())
            )
        page = self.sign_in(chromium, running)
        complaints = []
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None,
        )
        page.on("dialog", lambda _: pytest.fail("a dialog opened"))
        for n in range(10, 15):
            for query in ("", "?request=raw&response=raw", "?side=changes", "?tab=timing", "?tab=connection"):
                page.goto(f"{running.base}/exchange/{n:032x}{query}")
                assert "owned" not in page.title().split("GET")[0]
        assert complaints == []

    def test_tabs_swap_in_place_and_the_address_follows(self, chromium, running):
        page = self.sign_in(chromium, running)
        page.goto(f"{running.base}/exchange/{1:032x}")
        page.evaluate("window.stayed = true")
        page.click("#tab-timing")
        page.wait_for_selector("table.phases")
        assert "tab=timing" in page.url
        assert page.evaluate("window.stayed") is True
