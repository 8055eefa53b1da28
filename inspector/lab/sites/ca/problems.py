"""What the authority answers when it does not do what it was asked (RFC 8555 §6.7, RFC 9457): a type for programs, a sentence for people."""

from __future__ import annotations

from flask import Response, jsonify

STATUS = {
    "accountDoesNotExist": 400, "alreadyRevoked": 400, "badCSR": 400, "badNonce": 400, "badPublicKey": 400, "badRevocationReason": 400,
    "badSignatureAlgorithm": 400, "connection": 400, "incorrectResponse": 403, "malformed": 400, "orderNotReady": 403, "rateLimited": 429,
    "rejectedIdentifier": 400, "unauthorized": 403, "unsupportedIdentifier": 400, "notFound": 404,
}  # fmt: skip


class Problem(Exception):  # noqa: N818 (the RFC's own word)
    """`kind` is a row of STATUS."""

    def __init__(self, kind: str, detail: str, **more: object) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.more = more

    def as_json(self) -> dict[str, object]:
        kind = "malformed" if self.kind == "notFound" else self.kind
        return {"type": f"urn:ietf:params:acme:error:{kind}", "detail": self.detail, "status": STATUS[self.kind], **self.more}  # fmt: skip


def say(problem: Problem) -> Response:
    response = jsonify(problem.as_json())
    response.status_code = STATUS[problem.kind]
    response.content_type = "application/problem+json"
    if problem.kind == "rateLimited":
        response.headers["Retry-After"] = "60"
    return response
