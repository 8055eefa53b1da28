"""OTLP in both forms, by the official exporter's own encoder, and by hand where it is hostile."""

from __future__ import annotations

import base64
import json

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode

from inspector.exchange.spans import report_of
from inspector.web.server_half.otlp import _VALUE, spans_in
from inspector.web.server_half.protobuf import message


class Kept(SpanExporter):
    def __init__(self):
        self.spans = []

    def export(self, spans):
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS


@pytest.fixture(scope="module")
def exported():
    """What an instrumented server exports of one request, as protocol buffers."""
    kept = Kept()
    resource = Resource(
        {"service.name": "pets", "telemetry.sdk.language": "nodejs", "process.runtime.version": "22.4.0"}
    )
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    server, database = (
        provider.get_tracer("@opentelemetry/instrumentation-express"),
        provider.get_tracer("pg"),
    )
    attributes = {
        "http.route": "/pets/:id",
        "http.request.method": "GET",
        "http.response.status_code": 500,
        "server.port": 3000,
    }
    with server.start_as_current_span("GET /pets/:id", kind=SpanKind.SERVER, attributes=attributes) as root:
        asked = {
            "db.system.name": "postgresql",
            "db.query.text": "SELECT * FROM pets WHERE id = $1",
            "db.query.parameter.0": "7",
            "db.namespace": "zoo",
        }
        with database.start_as_current_span("SELECT", kind=SpanKind.CLIENT, attributes=asked):
            pass
        with server.start_as_current_span(
            "render", attributes={"flags": [True, False], "big": -5, "half": 0.5}
        ):
            pass
        root.record_exception(ValueError("no such pet"))
        root.set_status(Status(StatusCode.ERROR, "it broke"))
    provider.shutdown()
    return encode_spans(kept.spans)


def by_hand(exported):
    """The JSON form: as the protobuf library writes it, but for ids, which OTLP wants in hex."""
    said = MessageToDict(exported)
    for resource in said["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for name in ("traceId", "spanId", "parentSpanId"):
                    if name in span:
                        span[name] = base64.b64decode(span[name]).hex()
    return json.dumps(said).encode()


@pytest.mark.parametrize("form", ["protobuf", "json"])
def test_both_forms_say_the_same(exported, form):
    is_json = form == "json"
    told = spans_in(by_hand(exported) if is_json else exported.SerializeToString(), is_json=is_json)
    assert len({each.trace for each in told}) == 1
    assert [each.port for each in told if each.port] == [3000]
    report = report_of(each.kept for each in told)
    assert (report.app, report.language, report.framework) == ("pets", "Node.js 22.4.0", "Express")
    assert (report.route.rule, report.route.methods, report.status) == ("/pets/:id", ("GET",), 500)
    (query,) = report.queries
    assert (query.system, query.statement, query.parameters, query.database, query.through) == (
        "postgresql", "SELECT * FROM pets WHERE id = $1", (("0", "7"),), "zoo", "pg",
    )  # fmt: skip
    assert (report.exception.type, report.exception.message, report.exception.handled) == (
        "ValueError",
        "no such pet",
        False,
    )
    assert "ValueError: no such pet" in report.exception.text
    root, asked, rendered = report.spans
    assert (root.name, root.error, asked.parent, rendered.parent) == (
        "GET /pets/:id",
        "it broke",
        root.id,
        root.id,
    )
    assert rendered.attributes["flags"] == "true, false"
    assert (rendered.attributes["big"], rendered.attributes["half"]) == ("-5", "0.5")
    assert 0 <= query.began <= report.took


def test_older_names_are_understood():
    span = {
        "traceId": "01" * 16, "spanId": "02" * 8, "kind": "SPAN_KIND_SERVER", "startTimeUnixNano": 1, "name": "x",
        "attributes": [
            {"key": "db.system", "value": {"stringValue": "mongodb"}}, {"key": "db.operation", "value": {"stringValue": "find"}},
            {"key": "db.mongodb.collection", "value": {"stringValue": "pets"}}, {"key": "http.status_code", "value": {"intValue": 404}},
            {"key": "net.host.port", "value": {"intValue": 8000}}, {"key": "enduser.id", "value": {"stringValue": "ada"}},
        ],
    }  # fmt: skip
    (told,) = spans_in(
        json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode(), is_json=True
    )
    report = report_of([told.kept])
    assert (told.port, report.status, report.user, report.took) == (8000, 404, "ada", None)
    assert report.queries[0].statement == "find pets"


STRANGE = [
    {}, [], 7, None, {"resourceSpans": 7}, {"resourceSpans": [7, None, {"scopeSpans": "x"}]},
    {"resourceSpans": [{"resource": 5, "scopeSpans": [{"scope": 5, "spans": [5, {}]}]}]},
    *({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]} for span in (
        {"traceId": "zz" * 16, "spanId": "02" * 8, "startTimeUnixNano": 1}, {"traceId": "00" * 16, "spanId": "02" * 8, "startTimeUnixNano": 1},
        {"traceId": "01" * 16, "spanId": "02" * 9, "startTimeUnixNano": 1}, {"traceId": "01" * 16, "spanId": "02" * 8, "startTimeUnixNano": -1},
        {"traceId": "01" * 16, "spanId": "02" * 8, "startTimeUnixNano": "²"}, {"traceId": 1, "spanId": 2, "startTimeUnixNano": 1 << 70},
    )),
]  # fmt: skip


@pytest.mark.parametrize("said", STRANGE, ids=range(len(STRANGE)))
def test_what_makes_no_sense_is_passed_over(said):
    assert spans_in(json.dumps(said).encode(), is_json=True) == []


def test_strange_parts_of_a_span_are_left_out():
    span = {"traceId": "01" * 16, "spanId": "02" * 8, "startTimeUnixNano": "1", "endTimeUnixNano": [], "name": 7, "kind": 99, "status": 5, "parentSpanId": {},
            "events": [{"name": "exception", "attributes": 7}, 8], "attributes": [{"key": 5}, {"key": "x", "value": 7}, {"key": "y"}, {"key": "z", "value": {"arrayValue": {"values": [1, {"arrayValue": {}}]}}}]}  # fmt: skip
    (told,) = spans_in(
        json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode(), is_json=True
    )
    assert (told.kept.span.name, told.kept.span.took, told.kept.span.kind) == ("span", None, "")
    assert told.kept.raised.type == "an exception"


def test_messages_within_messages_have_an_end():
    data = b""
    for _ in range(60):
        data = (
            b"\x2a"
            + _varint(len(data) + 2 if data else 0)
            + (b"\x0a" + _varint(len(data)) + data if data else b"")
        )
    with pytest.raises(ValueError, match=r"deep|cut short|kind"):
        message(data, _VALUE)


def _varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_message_that_was_cut_short_is_no_message(exported, cut):
    data = exported.SerializeToString()
    with pytest.raises(ValueError, match=r"cut short|kind|end"):
        spans_in(data[:-cut], is_json=False)
