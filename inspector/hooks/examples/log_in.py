"""Stay logged in: remember the token that a log-in answers with, and add it to requests that have none."""

from inspector.hooks import Exchange, Request, Response, when

tokens: dict[str, str] = {}  # by host


@when("path:/api/", body=False)
def request(request: Request) -> None:
    token = tokens.get(request.host)
    if token and "Authorization" not in request.headers:
        request.headers["Authorization"] = f"Bearer {token}"
        request.exchange.note("the token was added by log_in.py")


@when("path:=/api/login method:POST status:200")
def response(exchange: Exchange, response: Response) -> None:
    if exchange.request is not None and response.json:
        tokens[exchange.request.host] = response.json["token"]
