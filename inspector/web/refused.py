"""Refused connections: the page that lists them by client and host, and what the page of one of them says."""

from __future__ import annotations

import time
from typing import Any, TypedDict

from flask import Blueprint, Response, jsonify, render_template

from inspector.web.api.describing import says
from inspector.web.present.refusals import Client, Refusal, Refusals
from inspector.web.words import day


def blueprint(refusals: Refusals) -> Blueprint:
    refused = Blueprint("refused", __name__)
    # The page of an exchange asks for the cause where it shows what went wrong.
    refused.add_app_template_global(refusals.of, "refusal_of")

    @refused.get("/certificates/refused")
    def show() -> str:
        return render_template("refused/refused.html", clients=refusals.clients(), today=day(time.time()))

    @refused.get("/api/v1/refused")
    @says(
        "Programs that did not accept a stand-in certificate",
        tag="Certificates",
        scope="read",
        gives=RefusedClients,
    )
    def listed() -> Response:
        return jsonify(clients=[_client_json(client) for client in refusals.clients()])

    return refused


class RefusedClients(TypedDict):
    """By program and host, each with its cause, evidence and cures."""

    clients: list[dict[str, Any]]


def _client_json(client: Client) -> dict[str, Any]:
    return {
        "name": client.name,
        "where": client.where,
        "refused": [
            {
                "host": each.host,
                "exchange": each.id,
                "times": each.times,
                "last": each.last,
                "cause": _cause_json(each.refusal),
            }
            for each in client.refused
        ],
    }


def _cause_json(refusal: Refusal | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    cause = refusal.cause
    return {
        "code": cause.code,
        "title": cause.title,
        "sentence": cause.sentence,
        "sure": cause.sure,
        "evidence": [each._asdict() for each in cause.evidence],
        "cures": [each._asdict() for each in refusal.cures],
        "others": cause.others,
        "leave": cause.leave,
        "left": refusal.left,
    }
