"""What the lab's process is told of the run: where its sites find the proxy."""

from __future__ import annotations

import pytest

from inspector.app.lab_process import _proxy
from inspector.app.settings import RunSettings


@pytest.mark.parametrize(
    ("listen", "log_in", "proxy"),
    [
        (("127.0.0.1:8080",), "", "http://127.0.0.1:8080"),
        (("0.0.0.0:8080", "127.0.0.1:9090"), "ada:secret", "http://127.0.0.1:9090"),
        (("0.0.0.0:8080",), "ada:p@ss:w/rd", "http://ada:p%40ss%3Aw%2Frd@127.0.0.1:8080"),
        (("[::1]:8080",), "", "http://[::1]:8080"),
    ],
)
def test_its_sites_ask_each_other_through_the_proxy_on_loopback_where_it_wants_no_log_in(
    listen, log_in, proxy
):
    settings = RunSettings(name="a run", home="/home", data="/data", listen=listen, proxy_auth=log_in)
    assert _proxy(settings) == proxy
