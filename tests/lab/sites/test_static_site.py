"""The static site: files as they lie there, kept as long as they may be, and in parts."""

from __future__ import annotations

import pytest

from inspector.lab.sites.static import PAGES
from inspector.lab.sites.static.tides import LINES, tide_table

SITE = "http://static.inspector.test"


@pytest.mark.parametrize(
    "file", sorted(each.relative_to(PAGES).as_posix() for each in PAGES.rglob("*") if each.is_file())
)
def test_every_file_is_served_as_it_is(visitor, file):
    got = visitor.get(f"{SITE}/{file}")
    assert got.status_code == 200
    assert got.content == (PAGES / file).read_bytes()


@pytest.mark.parametrize(
    ("path", "kind", "keep"),
    [
        ("/", "text/html; charset=utf-8", "max-age=0"),
        ("/style.css", "text/css; charset=utf-8", "max-age=3600"),
        ("/images/chart.svg", "image/svg+xml; charset=utf-8", "max-age=3600"),
        ("/images/night.png", "image/png", "max-age=86400"),
        ("/film.webm", "video/webm", "max-age=86400"),
    ],
)
def test_what_a_file_is_and_how_long_it_may_be_kept(visitor, path, kind, keep):
    got = visitor.get(SITE + path).headers
    assert got["Content-Type"] == kind
    assert keep in got["Cache-Control"] or (keep == "max-age=0" and "no-cache" in got["Cache-Control"])


@pytest.mark.parametrize("field", [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_what_has_not_changed_is_not_sent_again(visitor, field):
    first = visitor.get(f"{SITE}/style.css")
    again = visitor.get(f"{SITE}/style.css", headers={field[1]: first.headers[field[0]]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_part_of_a_file_can_be_had(visitor):
    whole = visitor.get(f"{SITE}/film.webm").content
    part = visitor.get(f"{SITE}/film.webm", headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert visitor.get(f"{SITE}/film.webm", headers={"Range": "bytes=99999999-"}).status_code == 416


def test_the_large_file_has_the_size_that_the_page_says(visitor):
    got = visitor.get(f"{SITE}/downloads/tides.csv")
    assert len(got.content) == LINES * 32 == 8 * 2**20
    assert got.content.startswith(b"2020-01-01 00:00,")
    last = visitor.get(f"{SITE}/downloads/tides.csv", headers={"Range": "bytes=-32"})
    assert last.content == got.content[-32:]


def test_the_large_file_is_written_once(tmp_path):
    first = tide_table(tmp_path)
    when = first.stat().st_mtime_ns
    assert tide_table(tmp_path).stat().st_mtime_ns == when
    assert [each.name for each in tmp_path.iterdir()] == ["tides.csv"]


def test_tides_go_up_and_down_within_reason(tmp_path):
    heights = [float(line.split(",")[1]) for line in tide_table(tmp_path).read_text().splitlines()[:1000]]
    assert 0 < min(heights) < 1.5
    assert 3 < max(heights) < 5


@pytest.mark.parametrize(
    "path", ["/ghost-ship.html", "/images/", "/images", "/%2e%2e/__init__.py", "/..%2f__init__.py", "/a%00b"]
)
def test_what_is_not_there_is_404_with_a_page(visitor, path):
    got = visitor.get(SITE + path)
    assert got.status_code == 404
    assert "Lost at sea" in got.text
