"""The report of one recording, written out as JSON by the names of `inspector.exchange.report`. Done after the answer, in the thread that sends it."""

from __future__ import annotations

import json
import sys
from typing import Any

from inspector.bridge.code import name_of
from inspector.bridge.recording import Query, Recording
from inspector.bridge.texts import LONGEST_LINE, cut

LARGEST = 768 * 1024


def tell(recording: Recording, app: str, framework: str) -> bytes:
    """The whole message for Inspector. Where it would be too large, what takes most room is left out, and said to be."""
    report = _report(recording, app, framework)
    for shorten in (
        _without_parameters,
        _half_the_queries,
        _half_the_queries,
        _half_the_queries,
        _only_the_frame,
    ):
        data = _message(recording, report)
        if len(data) <= LARGEST:
            return data
        shorten(report)
    return _message(recording, report)


def _message(recording: Recording, report: dict[str, Any]) -> bytes:
    said = {"exchange": recording.exchange, "proof": recording.proof, "report": report}
    return json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()


def _report(recording: Recording, app: str, framework: str) -> dict[str, Any]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    report: dict[str, Any] = {
        "started": recording.started,
        "took": recording.took,
        "told_by": "flask",
        "language": f"Python {python}",
        "framework": framework,
        "app": app,
        "status": recording.status,
        "functions": [_function(recording, note) for note in recording.functions],
        "templates": [_template(recording, note) for note in recording.templates],
        "queries": [_query(query) for query in recording.queries],
        "log": recording.lines,
        "left_out": recording.left_out,
        **recording.facts,
    }
    if recording.raised is not None:
        report["exception"] = _raised(recording, *recording.raised)
    return report


def _function(recording: Recording, note: dict[str, Any]) -> dict[str, Any]:
    told = {name: note[name] for name in ("role", "began", "took", "answered")}
    source = recording.code.source(note["function"], text=note["role"] in {"view", "before", "error"})
    return told | {"name": name_of(note["function"])} | ({"source": source} if source else {})


def _template(recording: Recording, note: dict[str, Any]) -> dict[str, Any]:
    told = {name: note[name] for name in ("context", "began", "took")}
    file = note["file"]
    source = {"source": {"file": recording.code.shown(file)}} if file and not file.startswith("<") else {}
    return told | {"name": note["name"] or "(written in the code)"} | source


def _query(query: Query) -> dict[str, Any]:
    told: dict[str, Any] = {
        "system": query.system,
        "through": query.through,
        "statement": query.statement,
        "parameters": query.parameters,
        "sets": query.sets,
        "rows": query.rows,
        "began": query.began,
        "took": query.took,
        "error": query.error,
        "database": query.database,
    }
    return told | ({"source": query.source} if query.source else {})


def _raised(recording: Recording, error: BaseException, handled: bool, at: float) -> dict[str, Any]:
    kind = type(error)
    module = "" if kind.__module__ in {"builtins", "__main__"} else f"{kind.__module__}."
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - an exception that can't even say itself
        message = ""
    return {
        "type": f"{module}{kind.__qualname__}",
        "message": cut(message, LONGEST_LINE),
        "frames": recording.code.frames(error.__traceback__),
        "handled": handled,
        "at": at,
    }


def _without_parameters(report: dict[str, Any]) -> None:
    for query in report["queries"]:
        query["parameters"] = []
        query["statement"] = cut(query["statement"], 2_000)


def _half_the_queries(report: dict[str, Any]) -> None:
    keep = len(report["queries"]) // 2
    report["left_out"]["queries"] = report["left_out"].get("queries", 0) + len(report["queries"]) - keep
    del report["queries"][keep:]


def _only_the_frame(report: dict[str, Any]) -> None:
    for name in ("queries", "log", "templates", "functions"):
        if report[name]:
            report["left_out"][name] = report["left_out"].get(name, 0) + len(report[name])
            report[name] = []
