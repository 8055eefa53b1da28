"""Requests, responses and messages as hooks have them: read by the names Flask has, changed in place, and written back only where they differ."""

from __future__ import annotations

import gzip

import pytest

from inspector.exchange.consulting import Draft
from inspector.hooks import Exchange, Fault, HookError, Message, Request, Response


def request(line="GET /a%20b?x=1&x=2&y=%C3%A9 HTTP/1.1", *fields, body=b"", here=True, url=""):
    head = "\r\n".join([line, "Host: shop.test", *fields]).encode() + b"\r\n\r\n"
    target = line.split(" ")[1]
    return Request(Draft(head, body, here), Exchange(b"\1" * 16, url or f"https://shop.test{target}", {}))


def response(*fields, status="200 OK", body=b"", here=True):
    return Response.of(Draft("\r\n".join([f"HTTP/1.1 {status}", *fields]).encode() + b"\r\n\r\n", body, here))


FORM = "Content-Type: application/x-www-form-urlencoded"
JSON = "Content-Type: application/json"


def test_a_request_is_read_by_flasks_names():
    asked = request(
        "POST /a%20b?x=1&x=2&y=%C3%A9 HTTP/1.1", FORM, "Cookie: a=1; b=2", body=b"who=Ada+L&e=a%40b.test"
    )
    assert (asked.method, asked.path, asked.host, asked.scheme) == ("POST", "/a b", "shop.test", "https")
    assert asked.args.getlist("x") == ["1", "2"]
    assert asked.args["y"] == "é"
    assert asked.form["who"] == "Ada L"
    assert asked.cookies["b"] == "2"
    assert asked.url == "https://shop.test/a%20b?x=1&x=2&y=%C3%A9"
    assert asked.headers["host"] == "shop.test"
    assert asked.json is None
    assert asked.finish() is None


def _args(asked):
    asked.args["z"] = "ü"
    del asked.args["x"]


def _form(asked):
    asked.form["who"] = "Grace & Co"


def _json(asked):
    asked.json["left"] = 0


def _headers(asked):
    asked.headers["X-New"] = "yes"
    del asked.headers["Accept"]


REQUESTS = {
    "path": ((), b"", lambda asked: setattr(asked, "path", "/n w"), b"POST /n%20w?x=1 HTTP/1.1", b""),
    "args": ((), b"", _args, b"POST /old?z=%C3%BC HTTP/1.1", b""),
    "method": ((), b"", lambda asked: setattr(asked, "method", "PUT"), b"PUT /old?x=1 HTTP/1.1", b""),
    "url": ((), b"", lambda asked: setattr(asked, "url", "https://shop.test/q?é#f"), b"POST /q?%C3%A9 HTTP/1.1", b""),
    "another site": ((), b"", lambda asked: setattr(asked, "url", "http://other.test:81"), b"POST http://other.test:81/ HTTP/1.1", b""),
    "another host": ((), b"", lambda asked: setattr(asked, "host", "other.test"), b"POST https://other.test/old?x=1 HTTP/1.1", b""),
    "form": ((FORM,), b"who=Ada&x=1", _form, b"POST /old?x=1 HTTP/1.1", b"who=Grace+%26+Co&x=1"),
    "json in place": ((JSON,), b'{"left": 3}', _json, b"POST /old?x=1 HTTP/1.1", b'{"left": 0}'),
    "set_json": ((), b"", lambda asked: asked.set_json(["é"]), b"application/json", '["é"]'.encode()),
    "text": ((), b"x", lambda asked: setattr(asked, "text", "é"), b"POST", "é".encode()),
    "headers": (("Accept: */*",), b"", _headers, b"X-New: yes", b""),
}  # fmt: skip


@pytest.mark.parametrize("what", REQUESTS)
def test_a_request_is_changed_in_place(what):
    fields, body, change, words, expected = REQUESTS[what]
    asked = request("POST /old?x=1 HTTP/1.1", *fields, body=body)
    change(asked)
    made = asked.finish()
    assert made is not None
    assert words in made.head
    assert made.body == expected
    assert asked.changes()


def test_a_form_with_files_is_read_and_not_changed():
    body = (
        b'--B\r\nContent-Disposition: form-data; name="who"\r\n\r\nAda\r\n--B\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n'
        b"content\r\n--B--\r\n"
    )
    asked = request("POST / HTTP/1.1", "Content-Type: multipart/form-data; boundary=B", body=body)
    assert asked.form["who"] == "Ada"
    assert asked.files["f"].read() == b"content"
    assert asked.finish() is None
    asked.form["who"] = "Grace"
    with pytest.raises(HookError, match="not changed"):
        asked.finish()


def test_a_response_is_read_and_changed_with_its_coding_undone():
    page = response(
        "Content-Type: text/html; charset=iso-8859-1",
        "Content-Encoding: gzip",
        "ETag: x",
        body=gzip.compress("<p>é</p>".encode("latin-1")),
    )
    assert (page.status_code, page.status, page.content_type, page.text) == (
        200,
        "200 OK",
        "text/html",
        "<p>é</p>",
    )
    assert page.finish() is None
    page.text = page.text.replace("é", "ü")
    page.status = 404
    page.set_cookie("seen", "1", httponly=True)
    made = page.finish()
    assert made.body == "<p>ü</p>".encode("latin-1")
    assert made.head.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert b"Content-Encoding" not in made.head
    assert b"ETag" not in made.head
    assert b"Set-Cookie: seen=1; HttpOnly; Path=/" in made.head
    assert page.changes() == "now 404 Not Found, Content-Encoding, Etag, Set-Cookie, the body"


def test_a_picture_in_whose_text_nothing_was_replaced_stays_byte_for_byte():
    picture = response("Content-Type: image/png", "ETag: x", body=bytes(range(256)))
    picture.text = picture.text.replace("tea", "coffee")
    assert picture.finish() is None


def test_the_same_text_takes_back_what_was_changed_in_json_or_a_form():
    for fields, body, change in (
        (JSON, b'{"left": 1}', lambda it: it.json.update(left=2)),
        (FORM, b"a=1", lambda it: it.form.__setitem__("a", "2")),
    ):
        asked = request("POST / HTTP/1.1", fields, body=body)
        was = asked.text
        change(asked)
        asked.text = was
        assert asked.finish() is None


ANSWERS = {
    "text": (lambda: Response("Not today", 503), "503 Service Unavailable", "text/html; charset=utf-8", b"Not today"),
    "json": (lambda: Response(json={"left": 0}), "200 OK", "application/json", b'{"left": 0}'),
    "bytes": (lambda: Response(b"\0", "418 Tea"), "418 Tea", "application/octet-stream", b"\0"),
    "type": (lambda: Response("x", content_type="text/css"), "200 OK", "text/css", b"x"),
    "fields": (lambda: Response("x", headers=[("Content-Type", "text/plain"), ("X", "1")]), "200 OK", "text/plain", b"x"),
    "nothing": (lambda: Response(status=204), "204 No Content", None, b""),
}  # fmt: skip


@pytest.mark.parametrize("what", ANSWERS)
def test_a_response_is_made_as_flasks_are(what):
    make, status, kind, body = ANSWERS[what]
    made = make()
    assert (made.status, made.headers.get("Content-Type"), made.data) == (status, kind, body)
    draft = made.made()
    assert draft.head.startswith(f"HTTP/1.1 {status}\r\n".encode())
    assert draft.body == body


def _no_line(asked):
    asked.headers.add("X", "a")
    asked.headers._list[-1] = ("X", "a\r\nY: b")


MISTAKES = {
    "a field with a line end": (_no_line, "no header field can have"),
    "a field with other letters": (lambda asked: asked.headers.set("X", "日"), "no header field can have"),
    "a field's name": (lambda asked: asked.headers.set("a b", "c"), "name of a header field"),
    "text as bytes": (lambda asked: setattr(asked, "data", "text"), "data is bytes"),
    "no site": (lambda asked: setattr(asked, "url", "file:///etc/passwd"), "begins with http"),
    "a host with a space": (lambda asked: setattr(asked, "host", "a b"), "begins with http"),
    "a path without slash": (lambda asked: setattr(asked, "path", "x"), "begins with a slash"),
    "a method with a space": (lambda asked: setattr(asked, "method", "GO ON"), "is no method"),
    "what JSON can't say": (lambda asked: asked.set_json(object()), "can't be written as JSON"),
    "a status": (lambda _: Response("x", 99), "from 200 to 599"),
    "a phrase": (lambda _: Response("x", "200 a\r\nb"), "plain ASCII"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISTAKES)
def test_what_cannot_be_sent_is_refused_in_a_sentence(what):
    change, words = MISTAKES[what]
    asked = request()
    with pytest.raises(HookError, match=words):  # noqa: PT012
        change(asked)
        asked.finish()


def test_a_body_that_is_not_here_says_so_and_the_head_can_be_changed():
    page = response("Content-Type: video/mp4", here=False)
    for touch in (lambda: page.data, lambda: page.text, lambda: page.set_json(1)):
        with pytest.raises(HookError, match="body is not here"):
            touch()
    page.headers["X"] = "1"
    assert b"X: 1" in page.finish().head


def test_json_that_is_none_says_so():
    broken = response(JSON, body=b"{")
    with pytest.raises(HookError, match="and is not"):
        _ = broken.json
    assert broken.get_json(silent=True) is None
    odd = response("Content-Encoding: zopfli", body=b"x")
    with pytest.raises(HookError, match="could not be undone"):
        _ = odd.text


def test_a_fault_says_what_and_what_to_do():
    fault = Fault("connect-refused", "", "shop.test", 81)
    assert "shop.test refused the connection on port 81" in str(fault)
    assert (fault.status, fault.cure.partition(",")[0]) == (502, "Start the server")


def test_messages_of_a_websocket_are_text_json_or_bytes():
    text = Message(Draft(b"", b'{"a": 1}'), binary=False, from_browser=True)
    assert (text.json, text.is_text, text.finish()) == ({"a": 1}, True, None)
    text.json = {"a": 2}
    assert text.finish().body == b'{"a": 2}'
    with pytest.raises(HookError, match="has to be UTF-8"):
        text.data = b"\xff"
    raw = Message(Draft(b"", b"\xff"), binary=True, from_browser=False)
    assert raw.json is None
    raw.data = b"\xfe"
    assert raw.finish().body == b"\xfe"
