"""Give each request a number, tell the site and the browser, and print how long the answer took."""

from itertools import count
from time import perf_counter

from inspector.hooks import Exchange, Request, Response, when

numbers = count(1)


@when(body=False)
def request(request: Request) -> None:
    number = str(next(numbers))
    request.headers["X-Request-ID"] = number
    request.exchange.state.update(number=number, began=perf_counter())


@when(body=False)
def response(exchange: Exchange, response: Response) -> None:
    number = exchange.state.get("number", "")
    took = perf_counter() - exchange.state.get("began", perf_counter())
    response.headers["X-Request-ID"] = number
    print(f"{number}: {exchange.url} {response.status}, {1000 * took:.0f} ms")
