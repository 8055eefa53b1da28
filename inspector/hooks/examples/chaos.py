"""Make one path as unreliable as the real world: about each third answer is late, each fifth is an error."""

import asyncio
import random

from inspector.hooks import Request, Response, when

random.seed(7)  # the same bad luck at each start; take the line out for real chaos


@when("path:/api/prices", body=False)
async def request(request: Request) -> Response | None:
    if random.random() < 1 / 3:
        await asyncio.sleep(random.uniform(0.2, 1))
        request.exchange.note("late, by chaos.py")
    if random.random() < 1 / 5:
        return Response("Chaos was here.\n", 503, {"Retry-After": "1"}, "text/plain")
    return None
