"""docs/doctor.md names every check and every cause, with the titles that the pages have."""

from __future__ import annotations

import re

from inspector.app.doctor.table import CHECKS
from inspector.explain.refusals import CAUSES


def rows(checkout, heading):
    text = (checkout / "docs" / "doctor.md").read_text("utf-8")
    part = text.partition(heading)[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+?) \|", part, re.MULTILINE))


def test_every_check_is_in_the_table_in_its_order(checkout):
    assert list(rows(checkout, "## inspector doctor")) == list(CHECKS)


def test_every_cause_is_in_the_table_by_its_title(checkout):
    assert rows(checkout, "## Why a program refused") == {code: row.title for code, row in CAUSES.items()}
