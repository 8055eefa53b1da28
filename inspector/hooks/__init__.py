"""What a hook file imports. A hook is a function in a file that `inspector run --hook FILE` was told of:

    from inspector.hooks import Exchange, Request, Response, when

    @when("host:shop.test")
    def request(request: Request) -> None:
        request.headers["X-Learner"] = "Ada"

    def response(exchange: Exchange, response: Response) -> None:
        response.headers["X-Seen"] = exchange.id

request.py  Request     response.py  Response     exchange.py  Exchange, Fault     message.py  Message     scope.py  when
What stands behind it: loading.py reads the files, calling.py asks their functions, serving.py speaks with the engine, printing.py takes what they print.
"""

from inspector.hooks.errors import HookError
from inspector.hooks.exchange import Exchange, Fault
from inspector.hooks.message import Message
from inspector.hooks.request import Request
from inspector.hooks.response import Response
from inspector.hooks.scope import when

__all__ = ["Exchange", "Fault", "HookError", "Message", "Request", "Response", "when"]
