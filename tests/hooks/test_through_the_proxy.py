"""Hooks at work: every example, and everything that can go wrong with one, with the real proxy, its hooks' process and a real site over https."""

from __future__ import annotations

import json
import re
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from hooks_running import CHANGING, FAILING, SITE, eventually
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Message, Request
from wsproto.extensions import PerMessageDeflate


def line_of(words):
    return FAILING[: FAILING.index(words)].count("\n") + 1


def test_request_id_numbers_both_sides_and_prints(hooked):
    answer = hooked.get("/echo?numbered")
    number = answer.headers["X-Request-ID"]
    assert answer.json()["fields"]["x-request-id"] == number
    words = f"request_id.py: {number}: https://shop.test/echo?numbered 200 OK, "
    eventually(lambda: any(words in line["text"] for line in hooked.hooks["printed"]))
    assert words in hooked.said()
    assert ("hooked", "the request (X-Request-Id)", "request_id.py:request") in hooked.decisions(
        "/echo?numbered"
    )


def test_fake_api_answers_and_keeps_what_it_is_given(hooked):
    assert hooked.get("/api/things").json() == [{"id": "1", "name": "tea"}]
    made = hooked.get("/api/things", "POST", json={"name": "cake"})
    assert (made.status_code, made.headers["Location"], made.json()) == (
        201,
        "/api/things/2",
        {"id": "2", "name": "cake"},
    )
    assert hooked.get("/api/things?name=ca").json() == [{"id": "2", "name": "cake"}]
    assert hooked.get("/api/things?no", "POST", json=["no"]).status_code == 400
    assert ("hook-answered", "400 Bad Request", "fake_api.py:add") in hooked.decisions("/api/things?no")


def test_chaos_makes_one_path_unreliable(hooked):
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: hooked.get("/api/prices"), range(24)))
    codes = {answer.status_code for answer in answers}
    assert codes == {200, 503}
    assert {answer.text for answer in answers if answer.status_code == 503} == {"Chaos was here.\n"}


def test_collect_counts_hosts_and_keeps_addresses(hooked):
    hooked.get("/sign-up", "POST", data={"name": "Ada", "mail": "ada@example.org", "other": "no@"})
    kept = json.loads((hooked.folder / "collected.json").read_text())
    assert kept["addresses"] == ["ada@example.org"]
    assert kept["hosts"]["shop.test"] > 0


def test_log_in_adds_the_token_that_an_answer_had(hooked):
    hooked.get("/api/login", "POST", json={"name": "ada"})
    assert hooked.get("/api/me").json()["authorization"] == "Bearer t-123"
    notes = hooked.decisions("/api/me")
    assert ("hook-noted", "the token was added by log_in.py", "log_in.py:request") in notes
    assert hooked.get("/api/me", headers={"Authorization": "Basic x"}).json()["authorization"] == "Basic x"


def test_banner_is_put_on_top_of_pages_alone(hooked):
    page = hooked.get("/")
    assert re.search(r"<body class=a><p style=.*This is the test server.</p><h1>Hello</h1></body>", page.text)
    assert int(page.headers["Content-Length"]) == len(page.content)
    assert "test server" not in hooked.get("/echo").text


def test_error_page_takes_the_place_of_inspectors(hooked):
    answer = hooked.get("/", host="http://nowhere.invalid")
    assert answer.status_code == 502
    assert "<h1>Not today</h1><p>There is no address for the name nowhere.invalid." in answer.text


def test_without_the_body_it_goes_on_streaming(hooked):
    hooked.get("/echo")
    with hooked.get("/trickle", stream=True) as answer:
        lines = answer.iter_lines()
        first = next(lines)
        hooked.get("/go")
        assert [first, *lines] == [b"one", b"two"]
        assert answer.headers["X-Request-ID"]


def talk(hooked, *messages):
    """What a WebSocket at wss://shop.test/chat answers to each of these messages, which are packed."""
    host, _, port = hooked.inspector.proxy.partition(":")
    trust = ssl.create_default_context(cafile=str(hooked.inspector.ca))
    with socket.create_connection((host, int(port)), 30) as plain:
        plain.sendall(b"CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n")
        assert b" 200 " in plain.recv(4096)
        with trust.wrap_socket(plain, server_hostname="shop.test") as sock:
            spoken = WSConnection(ConnectionType.CLIENT)
            sock.sendall(spoken.send(Request("shop.test", "/chat", extensions=[PerMessageDeflate()])))
            answers = []
            for message in (None, *messages):
                if message is not None:
                    sock.sendall(spoken.send(Message(message)))
                answers.append(next_event(sock, spoken))
            sock.sendall(spoken.send(CloseConnection(1000)))
    assert isinstance(answers[0], AcceptConnection)
    return [each.data for each in answers[1:]]


def next_event(sock, spoken):
    while True:
        spoken.receive_data(sock.recv(65536))
        for event in spoken.events():
            return event


def test_messages_of_a_websocket_are_translated_both_ways(hooked):
    said = talk(hooked, "tea and cake", b"tea", "thank you, no")
    assert said == ["you said THÉ AND GÂTEAU / tea and cake", b"tea", "you said MERCI, NO / thank you, no"]
    assert ("hooked", "a message", "translate.py:message") in hooked.decisions("/chat")


def test_an_exception_is_told_with_its_line_and_stops_nothing(hooked):
    fields = hooked.get("/fail/raise").status_code
    assert fields == 404  # the site's own
    notes = {rule: (code, detail) for code, detail, rule in hooked.decisions("/fail/raise")}
    code, detail = notes["failing.py:request"]
    assert code == "hook-failed"
    assert detail.startswith("failing.py, line 10: KeyError: 'nothing'")
    assert 'request.args["nothing"]' in detail
    assert notes["failing.py:after"] == ("hooked", "the request (X-After)")
    page = f"{hooked.inspector.dashboard}/rules/hooks"
    eventually(lambda: "failing.py, line 10: KeyError" in hooked.reader.get(page).text)


def test_what_cannot_be_sent_goes_on_as_it_was(hooked):
    assert hooked.get("/fail/bad").status_code == 404
    assert [code for code, _, rule in hooked.decisions("/fail/bad") if rule == "failing.py:bad"] == [
        "hook-failed"
    ]


def test_a_dropped_request_ends_the_connection(hooked):
    with pytest.raises(requests.ConnectionError):
        hooked.get("/fail/drop")
    hooked.decisions("/fail/drop")  # it is on record then
    (row,) = [row for row in hooked.api("exchanges?limit=200")["rows"] if row["path"] == "/fail/drop"]
    assert row["fault"] == "hook-dropped"


def test_another_address_is_asked_in_the_sites_place(hooked):
    assert hooked.get("/elsewhere", host="http://nowhere.invalid").json()["url"] == "https://shop.test/echo"


def test_hooks_that_never_end_are_left_behind_and_later_exchanges_are_hooked(hooked):
    pid = hooked.hooks["pid"]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(hooked.get, ("/fail/waits", "/fail/loop")))
    assert [answer.status_code for answer in answers] == [404, 404]
    slow = {rule: detail for code, detail, rule in hooked.decisions("/fail/waits") if code == "hook-slow"}
    assert f"line {line_of('await asyncio')}, in waits" in slow["failing.py:waits"]
    slow = {rule: detail for code, detail, rule in hooked.decisions("/fail/loop") if code == "hook-slow"}
    assert re.search(rf"line ({line_of('while True')}|{line_of('pass')}), in loops", slow["failing.py:loops"])
    eventually(lambda: hooked.hooks["pid"] not in {pid, 0})
    assert hooked.get("/echo").json()["fields"]["x-version"] == "1"
    assert "A hook did not come to its end in time; the hooks are started again." in hooked.said()


def test_a_saved_file_counts_and_one_with_a_slip_hooks_nothing(hooked):
    file = hooked.folder / "changing.py"

    def version():
        return hooked.get("/echo").json()["fields"].get("x-version")

    def state():
        return next(each for each in hooked.hooks["files"] if each["name"] == "changing.py")

    file.write_text("def request(request:\n")
    eventually(lambda: state()["line"] == 1 and not state()["hooks"])
    assert version() is None
    assert "Nothing is hooked by changing.py: changing.py, line 1: SyntaxError" in hooked.said()
    file.write_text(CHANGING.format(2))
    eventually(lambda: version() == "2")


def test_a_module_beside_a_file_is_read_again_too(hooked):
    (hooked.folder / "words_of_tests.py").write_text("VERSION = 'from beside'\n")
    code = "import words_of_tests\n" + CHANGING.replace('"{}"', "words_of_tests.VERSION")
    (hooked.folder / "changing.py").write_text(code)

    def version():
        return hooked.get("/echo").json()["fields"].get("x-version")

    eventually(lambda: version() == "from beside")
    (hooked.folder / "words_of_tests.py").write_text("VERSION = 'from beside, saved'\n")
    eventually(lambda: version() == "from beside, saved")
    (hooked.folder / "changing.py").write_text(CHANGING.format(1))


def test_an_app_is_served_at_its_name_told_in_the_terminal_and_started_anew_when_saved(hooked):
    assert hooked.get("/echo", host="http://shop.test").json()["url"] == "http://shop.test/echo"
    codes = [code for code, _, _ in hooked.decisions("/echo")]
    assert {"local-site", "app-asked"} <= set(codes)
    file = hooked.folder / "site" / "site_of_tests.py"
    file.write_text(SITE + 'print("read anew")\n@app.get("/new")\ndef new():\n    return "new"\n')
    eventually(lambda: hooked.get("/new").text == "new")
    assert "shop.test: read anew" in hooked.said()
    file.write_text(SITE + "nothing_of_that_name\n")
    eventually(lambda: "NameError" in hooked.get("/new").text)
    eventually(lambda: "shop.test: NameError: name" in hooked.said())
    file.write_text(SITE)
    eventually(lambda: hooked.get("/echo").status_code == 200)
