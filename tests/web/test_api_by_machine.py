"""The API held to its own description by schemathesis: calls made up from the document, right and wrong ones, over a real home with captures.

No answer may be a mistake of ours, and none other than the document says. What is made up is the same each time.
"""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from inspector.pki.authority import Authority
from inspector.store.captures import Captures
from inspector.store.importing import Importer
from inspector.store.marks import Marks
from inspector.store.recorder import Recorder
from inspector.store.settings import Settings
from inspector.store.tokens import Tokens
from inspector.web.api.document import TAGS
from inspector.web.api.scopes import SCOPES
from inspector.web.app import create_app
from inspector.web.settings import WebSettings

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 3
ENDLESS = {"/api/v1/feed"}  # test_feed.py
APPS = "Apps"  # with a token of their own: test_receiving.py
# There is no proxy here and no lab, so these are told so (503); what they do is in test_send.py and test_practice.py.
ALONE = {"Sending", "Learning", "Hooks"}
LAST = ("/api/v1/removals", "/api/v1/forget")  # what takes the captures away


@schemathesis.serializer("application/toml")
def as_toml(context, value):
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def a_har(number):
    def entry(place):
        secret = {"name": "Cookie", "value": "session=verysecret"}
        body = {"size": 17, "mimeType": "application/json", "text": json.dumps({"place": "words"})}
        return {
            "startedDateTime": f"2026-01-01T10:00:{place:02}.000Z", "time": 12.5, "cache": {}, "timings": {"send": 1, "wait": 10, "receive": 1.5},
            "request": {"method": "GET" if place % 2 else "POST", "url": f"http://shop.test/api/{place}?q=%3Cb%3E", "httpVersion": "HTTP/1.1", "headers": [{"name": "Host", "value": "shop.test"}, secret],
                        "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0},
            "response": {"status": (200, 404, 500)[place % 3], "statusText": "Words", "httpVersion": "HTTP/1.1", "headers": [{"name": "Content-Type", "value": "application/json"}],
                         "cookies": [], "content": body, "redirectURL": "", "headersSize": -1, "bodySize": 17},
        }  # fmt: skip

    entries = [entry(place) for place in range(number)]
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "made", "version": "1"}, "entries": entries}})  # fmt: skip


class Home:
    """A dashboard over a home with captures, its document, and somebody with a token that may everything."""

    def __init__(self, root):
        self.root = root
        (root / "run").mkdir(parents=True)
        Authority.load_or_create(root / "certs")
        self.captures, self.settings = Captures(root), Settings(root)
        told = WebSettings(
            run=str(root / "run"), addresses=("127.0.0.1:80",), captures_path=str(root / "captures"), certs=str(root / "certs"), version="1",
        )  # fmt: skip
        self.app = create_app(told, self.captures, self.settings, tuple)
        self.tokens = Tokens(root / "run")
        _, text = self.tokens.make("all", list(SCOPES))
        self.headers = {"Authorization": f"Bearer {text}"}
        answer = self.app.test_client().get("/api/v1/openapi.json", headers=self.headers)
        self.document = answer.get_json()
        self.ids = self.capture()
        self.operations = self.made_up()

    def made_up(self):
        """What schemathesis reads out of the document; who may do what is tried by test_scopes.py."""
        paths = {
            path: {method: {**one, "security": []} for method, one in each.items()}
            for path, each in self.document["paths"].items()
        }
        schema = schemathesis.openapi.from_dict({**self.document, "security": [], "paths": paths})
        schema.app = self.app
        return [each.ok() for each in schema.get_all_operations()]

    def capture(self):
        path = self.root / "made.har"
        path.write_text(a_har(6))
        with path.open("rb") as file:
            Importer(self.root, self.settings, Marks(self.root)).take(file, "made.har", again=True)
        recorder = Recorder(self.root)
        while recorder.step():
            pass
        recorder.close()
        return [row.id.hex() for row in self.captures.page(limit=50).rows]

    def close(self):
        self.captures.close()
        self.settings.close()
        self.tokens.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = Home(tmp_path_factory.mktemp("api") / "home")
    yield made
    made.close()


def test_the_document_is_valid(home):
    validate(home.document)
    assert home.document["openapi"] == "3.1.0"


def test_every_tag_and_scope_is_explained(home):
    told = [one for path in home.document["paths"].values() for one in path.values()]
    assert {tag for one in told for tag in one["tags"]} <= set(TAGS)
    asked = {scope for one in told for each in one["security"] for scope in each.get("token", [])}
    assert asked <= set(SCOPES)
    assert len({one["operationId"] for one in told}) == len(told)
    assert all(one["summary"] and not one["summary"].endswith(".") for one in told)


def test_a_token_that_may_only_read_sees_no_secret_anywhere(home):
    client = home.app.test_client()
    _, text = home.tokens.make("reader", ["read"])
    seen = 0
    for path, each in home.document["paths"].items():
        if "get" not in each or path in ENDLESS:
            continue
        for id in home.ids[:2]:
            filled = path.format(id=id, side="browser", half="request", tool="curl", form="pem", name="x")
            asked = filled + (
                "?a=" + home.ids[0] + "&b=" + home.ids[1] if "compare" in path else "?secrets=keep"
            )
            with client.get(asked, headers={"Authorization": f"Bearer {text}"}) as answer:
                assert b"verysecret" not in answer.data, path
            with client.get(asked, headers=home.headers) as answer:
                seen += b"verysecret" in answer.data
    assert seen > 6  # with the scope for secrets they are there


def operations(home, tag):
    mine = [
        each for each in home.operations if tag in each.definition.raw["tags"] and each.path not in ENDLESS
    ]
    return sorted(mine, key=lambda each: (each.path.startswith(LAST) or each.method == "delete", each.path, each.method))  # fmt: skip


@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag != APPS])
def test_the_answers_are_what_the_document_says(home, tag):
    if not home.captures.totals().exchanges:
        home.ids = home.capture()
    for operation in operations(home, tag):
        if "{name}" in operation.path:
            home.settings.set("rules", [{"name": "Slow", "when": "", "do": "delay", "time": "1ms"}])
        try_out(home, operation, GenerationMode.POSITIVE, ALONE & {tag})
        if can_be_wrong(operation.definition.raw):
            try_out(home, operation, GenerationMode.NEGATIVE, ALONE & {tag})


def varies(told):
    """Whether there is anything to make up."""
    return bool(told["parameters"]) or "requestBody" in told


def can_be_wrong(told):
    """Whether there is a JSON body or a parameter with a type to miss."""
    typed = [
        each
        for each in told["parameters"]
        if each["in"] == "query" and set(each["schema"]) - {"type", "default"}
    ]
    return bool(typed) or "application/json" in told.get("requestBody", {}).get("content", {})


def try_out(home, operation, mode, alone):
    @settings(
        max_examples=EXAMPLES if varies(operation.definition.raw) else 1, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), which=st.integers(0, 5))
    def holds(case, which):
        if which and "{id}" in operation.path and "/exchanges/" in operation.path:
            case.path_parameters["id"] = home.ids[which % len(home.ids)]
        if which and "{name}" in operation.path:
            case.path_parameters["name"] = "Slow"
        answer = case.call(headers=home.headers)
        assert answer.status_code < 500 or (answer.status_code == 503 and alone), answer.text
        case.validate_response(answer, checks=CHECKS)

    holds()
