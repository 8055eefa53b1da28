"""docs/badtls.md holds the lab's table. `python tests/docs/test_badtls_docs.py` writes it there anew."""

from __future__ import annotations

import re
from pathlib import Path

from inspector.lab.badtls.cases import CASES, Case

PAGE = Path(__file__).resolve().parents[2] / "docs" / "badtls.md"


def _code(text: str) -> str:
    return f"`{text}`" if text else "—"


def _row(case: Case) -> str:
    cells = (
        f"`{case.label}`",
        case.wrong,
        *map(_code, (case.reason, case.fault, case.chromium, case.firefox)),
    )
    return f"| {' | '.join(cells)} |"


def _table() -> str:
    head = "| site | what is wrong | reason | fault | Chromium | Firefox |\n|---|---|---|---|---|---|"
    return "\n".join((head, *map(_row, CASES)))


def _notes() -> str:
    return "\n".join(f"- `{case.label}`: {case.note}" for case in CASES if case.note)


def _renewed(text: str) -> str:
    for name, part in (("cases", _table()), ("notes", _notes())):
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text, flags=re.DOTALL
        )  # fmt: skip
    return text


def test_the_page_holds_the_table_of_the_lab():
    text = PAGE.read_text(encoding="utf-8")
    assert text == _renewed(text)
    assert all(case.label in text for case in CASES)


if __name__ == "__main__":
    PAGE.write_text(_renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
