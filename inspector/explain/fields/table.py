"""All fields that are known here, by their names in lower case. A new file is one more line in `_FILES`."""

from __future__ import annotations

from inspector.explain.fields import (
    accept,
    agent,
    alternatives,
    authorization,
    cache_control,
    client_hints,
    content,
    cookie,
    cors,
    csp,
    dates,
    host,
    hsts,
    location,
    measuring,
    others,
    protection,
    ranges,
    referrer,
    sec_fetch,
    set_cookie,
    transfer,
    validators,
    vary,
    websocket,
)
from inspector.explain.fields.model import Known

_FILES = (
    accept, agent, alternatives, authorization, cache_control, client_hints, content, cookie, cors, csp, dates, host, hsts,
    location, measuring, others, protection, ranges, referrer, sec_fetch, set_cookie, transfer, validators, vary, websocket,
)  # fmt: skip

FIELDS: dict[str, Known] = {name: known for file in _FILES for name, known in file.FIELDS.items()}
