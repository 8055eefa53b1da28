"""A row of the list, for JSON and for the server-rendered page alike."""

from __future__ import annotations

from typing import Any

from inspector.exchange.faults import say
from inspector.store.captures import Row
from inspector.web.brief import brief
from inspector.web.words import KINDS, phrase


def row_json(row: Row) -> dict[str, Any]:
    """What the API and the feed say of an exchange in the list."""
    words, icon = KINDS[row.resource]
    return {
        "id": row.id.hex(),
        "engine": row.engine,
        "change": row.change,
        "state": row.state,
        "kind": row.kind,
        "origin": row.origin,
        "started": row.started,
        "duration": row.duration,
        "method": row.method,
        "scheme": row.scheme,
        "host": row.host,
        "port": row.port,
        "path": row.path,
        "version": row.version,
        "status": row.status,
        "reason": row.reason,
        "phrase": phrase(row.status, row.reason),
        "media": row.media,
        "resource": row.resource,
        "request_size": row.request_size,
        "response_size": row.response_size,
        "client": row.client,
        "agent": row.agent,
        "protection": row.protection,
        "tls": row.tls,
        "remote": row.remote,
        "changed": row.changed,
        "fault": row.fault,
        "said": say(row.fault, host=row.host, port=row.port, detail="no more is known") if row.fault else "",
        "brief": brief(row.fault),
        "findings": row.findings,
        "kind_words": words,
        "kind_icon": icon,
    }


def row_view(row: Row, mark: dict[str, Any] | None = None) -> dict[str, Any]:
    """A row for templates: what JSON says, and the words and parts that script would make; `mark` is what people added."""
    path, question, query = row.path.partition("?")
    return row_json(row) | {
        "path_only": path,
        "query": question + query,
        "url": f"/exchange/{row.id.hex()}",
        "mark": mark,
    }
