"""Put a banner on top of each page, so that nobody takes the test server for the real one."""

import re

from inspector.hooks import Exchange, Response, when

BANNER = '<p style="margin:0;padding:.5em;background:#fbf0dc;color:#1b1e24">This is the test server.</p>'


@when("type:html status:200")
def response(exchange: Exchange, response: Response) -> None:
    response.text = re.sub(r"(<body[^>]*>)", lambda found: found[1] + BANNER, response.text, count=1)
