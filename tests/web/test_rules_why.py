"""Rules and one exchange: why each fits or doesn't, and a rule that answers as it was answered."""

from __future__ import annotations

import gzip
import io
import re

import msgspec
import pytest
from web_fakes import made, message, number, with_response

from inspector.exchange.model import Body, Decision

ID = number(1).hex()


@pytest.fixture
def send(desk):
    """A signed-in browser that posts forms."""
    client = desk.signed_in()
    token = desk.token(client)

    def sending(address, **form):
        return client.post(address, data={"csrf_token": token} | form, content_type="multipart/form-data")

    sending.client, sending.token = client, token
    return sending


def page(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def kept(desk):
    return desk.settings.read().get("rules", [])


RULES = [
    ("host:shop.inspector.test", "fits", "It fits, and yet did nothing"),
    ("host:other.test", "does not fit", "It asks for exchanges whose host is other.test or below it; here the host is shop.inspector.test."),
    ("host:shop.inspector.test path:/api/", "does not fit", "It asks for exchanges whose path begins with /api/; here the path is /cart."),
    ("-method:GET", "does not fit", "It asks for exchanges whose method is not GET; here the method is GET."),
    ("(status:404 OR status:500)", "does not fit", "It asks for exchanges whose status is 404 or whose status is 500."),
    ("status:404", "does not fit", "It asks for exchanges whose status is 404; here it is 200."),
    ("request.header.accept:json", "does not fit", "It asks for exchanges whose request header field Accept contains “json”; here it is “text/html”."),
    ("response.header.etag:*", "does not fit", "It asks for exchanges with a response header field Etag; here there is none."),
    ("response.body:missing", "does not fit", "It asks for exchanges whose response body contains “missing”."),
    ("response.body:cart", "fits", "It fits, and yet did nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("when", "fits", "because"), RULES)
def test_each_rule_is_told_for_one_exchange(desk, send, when, fits, because):
    desk.captures.add(made())
    desk.settings.set("rules", [{"name": "R", "when": when, "do": "response-fields", "set": {"A": "b"}}])
    answer = send.client.get(f"/api/v1/rules/why/{ID}").get_json()
    (rule,) = answer["rules"]
    assert (rule["fits"], rule["did"], answer["beyond"]) == (fits, False, "")
    assert rule["because"].startswith(because)
    shown = page(send.client.get(f"/exchange/{ID}/rules"))
    assert because in shown.replace("&#39;", "'")
    assert "Which rules fit it" in page(send.client.get(f"/exchange/{ID}"))


def test_who_stands_aside_is_off_or_did_something_is_said_too(desk, send):
    desk.captures.add(made(decisions=(Decision("ruled", "x", "First"), Decision("ruled", "x", "Gone"))))
    rules = [
        {"name": "First", "when": "", "do": "block"},
        {"name": "Second", "when": "", "do": "delay", "time": "1s"},
        {"name": "Third", "when": "status:200", "do": "status", "status": 500},
        {"name": "Fourth", "when": "", "do": "block", "on": False},
    ]
    desk.settings.set("rules", rules)
    told = {each["name"]: each for each in send.client.get(f"/api/v1/rules/why/{ID}").get_json()["rules"]}
    assert [each["fits"] for each in told.values()] == ["fits", "stands aside", "stands aside", "off"]
    assert [each["did"] for each in told.values()] == [True, False, False, False]
    assert "“First” had answered already" in told["Third"]["because"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "page"}, "its own pages are out of the rules' reach"),
        ({"kind": "tunnel", "protection": "sealed"}, "left encrypted"),
        ({"origin": "import"}, "read from a file"),
    ],
)
def test_what_is_out_of_reach_says_so(desk, send, changes, words):
    desk.captures.add(made(**changes))
    assert words in page(send.client.get(f"/exchange/{ID}/rules")).replace("&#39;", "'")


def test_an_exchange_that_is_not_there_is_none(send):
    assert send.client.get("/exchange/" + "0" * 32 + "/rules").status_code == 404
    assert send.client.get("/api/v1/rules/why/x").status_code == 404


def test_no_secret_is_told_while_somebody_presents(desk, send):
    request = message(
        "GET /?token=tok-1234567890 HTTP/1.1", "Host: shop.inspector.test", "Cookie: session=ses-4f1e77c9"
    )
    plain = made()
    legs = (msgspec.structs.replace(leg, request=request) for leg in (plain.client_leg, plain.server_leg))
    desk.captures.add(made(path="/?token=tok-1234567890", client_leg=next(legs), server_leg=next(legs)))
    scopes = ("url:other", "query:other", "request.header.cookie:other")
    desk.settings.set("rules", [{"name": each, "when": each, "do": "block"} for each in scopes])
    for how, secret in (("off", True), ("on", False)):
        present(send, how)
        told = page(send.client.get(f"/exchange/{ID}/rules")) + str(
            send.client.get(f"/api/v1/rules/why/{ID}").get_json()
        )
        assert ("tok-1234567890" in told, "ses-4f1e77c9" in told) == (secret, secret)


# -- answering as it was answered


def save(send, **form):
    return send(
        "/rules/save",
        name="As it was",
        do="answer",
        when="",
        instead_of="",
        **{f"p-{key}": value for key, value in form.items()},
    )


def test_the_exchange_page_fills_the_form_which_says_what_is_kept(desk, send):
    desk.captures.add(made())
    shown = page(send.client.get(f"/exchange/{ID}"))
    link = re.search(r'href="(/rules/new\?do=answer[^"]*)"', shown)[1].replace("&amp;", "&")
    form = page(send.client.get(link))
    assert f'value="{ID}"' in form
    assert (
        "status 200, the fields Content-Type, Set-Cookie, and the body, 52 bytes without a content coding, in the rule"
        in form
    )
    assert "method:GET host:=shop.inspector.test path:=/cart" in form


def test_a_short_text_is_copied_into_the_rule_without_its_coding(desk, send):
    text = "<p>Überall</p>\n"
    response = message(
        "HTTP/1.1 418 I'm a teapot", "Date: now", "Content-Encoding: gzip", "Content-Type: text/html; charset=utf-8", "Set-Cookie: a=1", "Set-Cookie: b=2",
        "Transfer-Encoding: chunked", "ETag: x", body=gzip.compress(text.encode()),
    )  # fmt: skip
    desk.captures.add(with_response(response))
    assert save(send, exchange=ID).status_code == 303
    (rule,) = kept(desk)
    assert rule == {
        "name": "As it was", "when": "", "do": "answer", "status": 418, "text": text,
        "fields": {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": ["a=1", "b=2"], "ETag": "x"},
    }  # fmt: skip
    assert page(send.client.get("/rules/edit?name=As it was")).count("Überall") == 1


def test_another_body_becomes_a_file_of_the_home_until_no_rule_names_it(desk, send, monkeypatch):
    monkeypatch.setattr("inspector.web.rules.copying._NEW", -1.0)
    desk.captures.add(
        with_response(message("HTTP/1.1 200 OK", "Content-Type: image/png", body=b"\x89PNG\0\xff" * 20_000))
    )
    assert save(send, exchange=ID).status_code == 303
    (rule,) = kept(desk)
    file = desk.run.parent / "answers" / f"{ID}.body"
    assert rule["file"] == str(file.resolve())
    assert file.read_bytes() == b"\x89PNG\0\xff" * 20_000
    assert file.stat().st_mode & 0o077 == 0
    send("/rules", name="As it was", remove="1")
    assert not file.exists()


@pytest.mark.parametrize(
    ("response", "sentence"),
    [
        (message("HTTP/1.1 101 Switching Protocols"), "A rule can't answer with 101."),
        (message("HTTP/1.1 200 OK", body=b"x" * 1_048_577), "Its body is larger than 1 MiB."),
        (message("HTTP/1.1 200 OK", "Content-Encoding: nonsense", body=b"x"), "Its content coding could not be undone"),
        (msgspec.structs.replace(message("HTTP/1.1 200 OK"), body=Body(5, 5, b"", (), complete=True, note="capped")), "Not all of its body was captured."),
    ],
)  # fmt: skip
def test_what_cannot_be_copied_is_refused_at_its_place(desk, send, response, sentence):
    desk.captures.add(with_response(response))
    answer = save(send, exchange=ID)
    assert answer.status_code == 422
    assert sentence in page(answer).replace("&#39;", "'")
    assert kept(desk) == []


@pytest.mark.parametrize("number", ["nonsense", "0" * 32])
def test_a_number_of_no_exchange_is_refused(desk, send, number):
    assert "There is no exchange with this number." in page(save(send, exchange=number))


def test_a_response_without_a_body_and_one_that_is_not_there(desk, send):
    desk.captures.add(with_response(message("HTTP/1.1 304 Not Modified", "ETag: x")))
    assert save(send, exchange=ID).status_code == 303
    assert kept(desk)[0]["status"] == 304
    plain = made(2)
    legs = (msgspec.structs.replace(leg, response=None) for leg in (plain.client_leg, plain.server_leg))
    desk.captures.add(made(2, client_leg=next(legs), server_leg=next(legs), status=0))
    assert "This exchange got no response." in page(save(send, exchange=number(2).hex()))
    assert "Answer so by rule" not in page(send.client.get(f"/exchange/{number(2).hex()}"))


def test_a_file_of_rules_may_name_an_exchange_too(desk, send):
    desk.captures.add(made())
    text = f'[[rule]]\nname = "a"\ndo = "answer"\nexchange = "{ID}"\n'
    assert send("/rules/file", file=(io.BytesIO(text.encode()), "rules.toml")).status_code == 303
    assert kept(desk)[0]["text"].startswith("<!doctype html>")
    client, token = send.client, send.token
    answer = client.post(
        "/api/v1/rules",
        json={"rules": [{"name": "b", "do": "answer", "exchange": ID}]},
        headers={"X-CSRF-Token": token},
    )
    assert answer.status_code == 200
    assert kept(desk)[0]["status"] == 200


# -- the presenter's view


def present(send, how):
    send.client.post("/preferences", data={"presenter": how, "next": "/traffic", "csrf_token": send.token})


def test_nothing_is_copied_while_somebody_presents(desk, send):
    desk.captures.add(made())
    present(send, "on")
    assert "A response is not copied in the presenter&#39;s view" in page(save(send, exchange=ID))
    assert kept(desk) == []


@pytest.mark.parametrize("later", [False, True])
def test_stars_are_not_kept_in_the_place_of_secrets(desk, send, later):
    rules = [
        {"name": "Log in", "when": "host:shop.test", "do": "request-fields", "set": {"Authorization": "Bearer secret-token-123456"}},
        {"name": "Plain", "when": "", "do": "block"},
    ]  # fmt: skip
    desk.settings.set("rules", rules)
    present(send, "on")
    read = send.client.get("/api/v1/rules").get_json()
    assert "secret-token" not in str(read)
    if later:
        present(send, "off")
    headers = {"X-CSRF-Token": send.token}
    answer = send.client.post("/api/v1/rules", json=read, headers=headers)
    if later:
        assert answer.status_code == 400
        assert "stars stand here in the place of a secret" in answer.get_data(as_text=True)
    else:
        assert answer.status_code == 200  # who is shown stars means what they stand for
    assert kept(desk) == rules
    put = send.client.put("/api/v1/rules/Log in", json=read["rules"][0], headers=headers)
    assert put.status_code == (400 if later else 200)
    other = send.client.put("/api/v1/rules/Other", json=read["rules"][0] | {"name": "Other"}, headers=headers)
    assert other.status_code == 400
    assert "stars stand here in the place of a secret" in other.get_data(as_text=True)
    assert kept(desk) == rules
    read["rules"] = read["rules"][1:]
    assert send.client.post("/api/v1/rules", json=read, headers=headers).status_code == 200
