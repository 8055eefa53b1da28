from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from inspector.store.captures import Captures


def test_a_home_is_filled_the_way_that_real_captures_go(home: Path, checkout: Path) -> None:
    code = "import pathlib, sys; sys.path.insert(0, sys.argv[1]); import filling; filling.fill(pathlib.Path(sys.argv[2]), 400)"
    subprocess.run(
        [sys.executable, "-c", code, str(checkout / "scripts"), str(home)], check=True, cwd=checkout
    )
    captures = Captures(home)
    rows = captures.page(limit=1000).rows
    assert len(rows) == captures.totals().exchanges == 400
    assert len({row.host for row in rows}) > 10
    assert len({row.resource for row in rows}) > 4
    assert any(row.state == "failed" for row in rows)
    for row in rows:
        exchange = captures.exchange(row.id)
        assert exchange is not None
        assert exchange.client_leg is not None
        connection = captures.connection(exchange.client_leg.connection)
        assert connection is not None
        assert connection.host == row.host
        if exchange.server_leg is not None and exchange.server_leg.response is not None:
            body = exchange.server_leg.response.body
            assert len(b"".join(captures.body(row.id, body))) == body.size
    captures.close()
