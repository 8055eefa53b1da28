"""`inspector doctor`: why nothing appears, or why HTTPS fails, and what to do."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from inspector.app import home
from inspector.app.command import command as own_command
from inspector.cli.options import home_option
from inspector.cli.targets import address
from inspector.explain.findings import GROUPS, Finding, worst

MARKS = {
    "good": ("✓", "green"),
    "bad": ("✗", "red"),
    "caution": ("!", "yellow"),
    "open": ("·", "bright_black"),
}
WIDTH = 100
INDENT = 4


@click.command("doctor")
@click.argument("url", required=False, metavar="[URL]")
@home_option
@click.option("--verbose", "-v", is_flag=True, help="Say also by what each thing is known.")
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def command(url: str | None, home_folder: Path | None, verbose: bool, as_json: bool) -> None:
    """Find out why nothing appears, or why HTTPS fails, and say what to do. With a URL: try that site through the proxy, step by step. Exit code 1 if something stands in the way."""
    from inspector.app.doctor.case import Case
    from inspector.app.doctor.site import examine_site
    from inspector.app.doctor.table import examine

    case = Case(home.locate(home.choose(home_folder)))
    try:
        findings = examine_site(case, address(url)) if url else examine(case)
        if as_json:
            found = tuple(findings)
            click.echo(
                json.dumps({"state": worst(found), "findings": [asdict(each) for each in found]}, indent=2)
            )
        else:
            found = _tell(findings, verbose=verbose, grouped=not url)
            click.echo(_summary(found, url))
    finally:
        case.close()
    raise SystemExit(1 if worst(found) == "bad" else 0)


def _tell(findings: Iterable[Finding], *, verbose: bool, grouped: bool) -> tuple[Finding, ...]:
    """Print each finding as it comes where there are no groups; else group by group."""
    found = []
    for each in findings:
        found.append(each)
        if not grouped:
            click.echo(said(each, verbose=verbose))
    if grouped:
        for group, title in GROUPS.items():
            members = [each for each in found if each.group == group]
            if members:
                click.echo(click.style(f"\n{title}", bold=True))
                for each in members:
                    click.echo(said(each, verbose=verbose))
    return tuple(found)


def said(finding: Finding, *, verbose: bool = False) -> str:
    """One finding for the terminal."""
    mark, colour = MARKS[finding.state]
    lines = [f"  {click.style(mark, fg=colour, bold=finding.state != 'open')} {finding.title}"]
    if finding.state == "good" and not verbose:
        return (
            f"{lines[0]}. {click.style(_plain(finding.sentence), dim=True)}"
            if len(finding.title) + len(finding.sentence) < WIDTH
            else lines[0]
        )
    lines.append(_wrapped(finding.sentence))
    if verbose:
        lines += [click.style(_wrapped(each, "  "), dim=True) for each in finding.evidence]
    if finding.cure:
        lines.append(_wrapped(finding.cure, "→ "))
    return "\n".join(lines)


def _wrapped(text: str, before: str = "") -> str:
    indent = " " * INDENT
    return textwrap.fill(
        _plain(text), WIDTH, initial_indent=indent + before, subsequent_indent=indent + " " * len(before), break_on_hyphens=False, break_long_words=False
    )  # fmt: skip


def _plain(text: str) -> str:
    """Without back-ticks, and without control characters, which a terminal would obey."""
    return "".join(letter if letter.isprintable() else "�" for letter in text.replace("`", ""))


def _summary(found: tuple[Finding, ...], url: str | None) -> str:
    bad, caution = (sum(each.state == state for each in found) for state in ("bad", "caution"))
    if bad:
        things = "One thing stands" if bad == 1 else f"{bad} things stand"
        return click.style(f"\n{things} in the way (✗).", fg="red", bold=True)
    if caution:
        return click.style(
            f"\nNothing stands in the way; {caution} {'thing' if caution == 1 else 'things'} may surprise (!).",
            fg="yellow",
            bold=True,
        )
    more = "" if url else f" One site: {own_command('doctor', 'https://example.com/')}."
    return click.style("\nNothing stands in the way.", fg="green", bold=True) + more
