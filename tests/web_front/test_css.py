"""The style sheets' own rules: raw colours only in tokens.css, contrast of every pair, no part forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "inspector" / "web" / "static" / "css"
RAW = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color)\(|light-dark\(")
NAMED = re.compile(r":[^;{]*\b(white|black|red|green|blue|gr[ae]y|silver|orange|yellow|purple|pink)\b[^;{]*;")
PAPERS = ("page", "surface", "sunken")
INKS = ("ink", "muted", "request", "response", "secure", "caution", "error")
SOFT = ("request", "response", "secure", "caution", "error")


def sheets() -> list[Path]:
    return sorted(CSS.rglob("*.css"))


def colours() -> dict[str, tuple[str, str]]:
    found = re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", (CSS / "tokens.css").read_text("utf-8")
    )
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("sheet", sheets(), ids=lambda path: path.name)
def test_raw_colours_stand_only_among_the_tokens(sheet: Path) -> None:
    if sheet.name == "tokens.css":
        return
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    assert not RAW.search(text)
    assert not NAMED.search(text)


def test_every_sheet_is_part_of_the_bundle() -> None:
    imported = set(re.findall(r'@import "([\w/.-]+\.css)" layer', (CSS / "app.css").read_text("utf-8")))
    assert imported == {path.relative_to(CSS).as_posix() for path in sheets()} - {"app.css"}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", INKS)
def test_text_has_enough_contrast_on_every_paper(ink: str, theme: int) -> None:
    known = colours()
    for paper in PAPERS:
        assert contrast(known[ink][theme], known[paper][theme]) >= 4.5, paper


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("role", SOFT)
def test_ink_and_its_role_can_be_read_on_a_soft_tint(role: str, theme: int) -> None:
    known = colours()
    soft = known[f"{role}-soft"][theme]
    assert contrast(known["ink"][theme], soft) >= 12
    assert contrast(known[role][theme], soft) >= 4.5
    assert contrast(known["muted"][theme], soft) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_edge_of_a_control_can_be_seen(theme: int) -> None:
    known = colours()
    for paper in ("page", "surface"):
        assert contrast(known["edge"][theme], known[paper][theme]) >= 3
