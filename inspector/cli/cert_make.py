"""`inspector cert make`: a certificate for one's own server, in files whose names people know from mkcert."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click

from inspector.app.errors import InspectorError
from inspector.cli.authority import Place
from inspector.cli.options import home_option
from inspector.cli.recipes import recipes
from inspector.pki import files, handmade, vault
from inspector.pki.authority import Authority
from inspector.pki.exports import PASSWORD
from inspector.pki.handmade import DAYS, MOST_DAYS, Made


class Files(NamedTuple):
    """Where the parts go. Those that are not written are None."""

    certificate: Path | None
    key: Path | None
    chain: Path | None
    p12: Path | None


@click.command("make")
@click.argument("names", nargs=-1, metavar="NAME…")
@home_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", default=Path(), help="The folder to write to; otherwise this one.")  # fmt: skip
@click.option("--client", is_flag=True, help="For a client that has to show a certificate. Names may be e-mail addresses too.")  # fmt: skip
@click.option("--p12", is_flag=True, help="Key and chain in one file (PKCS #12), for browsers, Windows and Java, instead of PEM files.")  # fmt: skip
@click.option(
    "--password", metavar="WORD", default=PASSWORD, show_default=True, help="The password of that file."
)
@click.option(
    "--rsa", "rsa_key", is_flag=True, help=f"An RSA key of {handmade.RSA_BITS} bits, for old programs."
)
@click.option("--ecdsa", is_flag=True, help="An ECDSA key (P-256). It is so anyway.")
@click.option("--csr", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Sign the request in this file; its key stays where it is.")  # fmt: skip
@click.option("--days", type=click.IntRange(1), default=DAYS, show_default=True, metavar="NUMBER", help=f"How long it is valid, at most {MOST_DAYS}.")  # fmt: skip
def command(  # noqa: PLR0917 (click gives them by name)
    names: tuple[str, ...], home_folder: Path | None, out: Path, client: bool, p12: bool, password: str,
    rsa_key: bool, ecdsa: bool, csr: Path | None, days: int,
) -> None:  # fmt: skip
    """Make a certificate for your own server: host names, addresses, wildcards.

    Programs that trust this home's authority will believe it. The authority is made if there is none.
    """
    _check(names, csr=csr, p12=p12, rsa_key=rsa_key, ecdsa=ecdsa, days=days)
    place = Place(home_folder)
    is_new = not vault.exists(place.certs)
    authority = Authority.load_or_create(place.certs)
    if csr is not None:
        request = handmade.read_request(_read(csr))
        made = handmade.sign(authority, request, client=client, days=days)
        _say_ignored(request.ignored)
    else:
        made = handmade.make(authority, names, rsa_key=rsa_key, client=client, days=days)
    written = _places(out.absolute(), made, client=client, p12=p12)
    _write(written, made, password)
    if authority.warning:
        click.echo(f"{click.style('!', fg='yellow', bold=True)} {authority.warning}\n", err=True)
    if is_new:
        click.echo(f"There was no authority yet in {place.certs}, so one was made.\n")
    _tell(place, authority, made, written, password, client=client)


def _check(
    names: tuple[str, ...], *, csr: Path | None, p12: bool, rsa_key: bool, ecdsa: bool, days: int
) -> None:
    """UsageError, which says the cure, for what doesn't go together."""
    if csr is not None and names:
        raise click.UsageError(
            "With --csr the names come from the request: leave them out, or make another request."
        )
    if csr is None and not names:
        raise click.UsageError("Say what it is for, as in: inspector cert myapp.test localhost 127.0.0.1")
    if csr is not None and (p12 or rsa_key or ecdsa):
        raise click.UsageError(
            "With --csr the key is somebody else's: leave out --p12, which would hold it, and --rsa and --ecdsa."
        )
    if rsa_key and ecdsa:
        raise click.UsageError("--rsa and --ecdsa exclude each other: leave one out.")
    if days > MOST_DAYS:
        raise click.UsageError(
            f"--days {days}: at most {MOST_DAYS}. Apple's systems refuse a server's certificate that is valid for more than 825 days, "
            "whoever signed it; it begins a day ago, for clocks that are behind. Make a new one in time: the same command replaces it."
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InspectorError(
            f"{path} cannot be read: {error.strerror}.", "Check its name and whether it is yours."
        ) from error


def _places(out: Path, made: Made, *, client: bool, p12: bool) -> Files:
    stem = handmade.stem(made.names, client=client)
    if p12:
        return Files(None, None, None, out / f"{stem}.p12")
    key = out / f"{stem}-key.pem" if made.key is not None else None
    return Files(out / f"{stem}.pem", key, out / f"{stem}-chain.pem", None)


def _write(places: Files, made: Made, password: str) -> None:
    contents: tuple[tuple[Path | None, Callable[[], bytes], int], ...] = (
        (places.certificate, lambda: made.served, files.PUBLIC),
        (places.chain, lambda: made.chain, files.PUBLIC),
        (places.key, lambda: made.key_pem, files.PRIVATE),
        (places.p12, lambda: made.p12(password), files.PRIVATE),
    )
    _spare_others(places)
    for path, content, mode in contents:
        if path is None:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.replace(path, content(), mode)
        except OSError as error:
            raise InspectorError(
                f"{path} cannot be written: {error.strerror}.", "Choose another folder with --out."
            ) from error


def _spare_others(places: Files) -> None:
    """What Inspector made is replaced; what somebody else made, perhaps for much money, is not."""
    certificate, key = places.certificate, places.key
    if certificate is None or handmade.made_by_inspector(
        certificate.read_bytes() if certificate.is_file() else b""
    ):
        return
    taken = next((path for path in (certificate, key) if path is not None and path.exists()), None)
    if taken is not None:
        raise InspectorError(
            f"{taken} is there already, and Inspector did not make it.", "Move it away, or choose another folder with --out."
        )  # fmt: skip


def _say_ignored(ignored: tuple[str, ...]) -> None:
    if ignored:
        click.echo(
            f"Not taken over from the request, since the authority decides it: {', '.join(ignored)}.\n"
        )


def _tell(
    place: Place, authority: Authority, made: Made, written: Files, password: str, *, client: bool
) -> None:  # fmt: skip
    leaf = made.leaf
    click.echo(f"Made a certificate for {click.style(', '.join(made.names), bold=True)}\n")
    rows = [
        (
            "Certificate",
            written.certificate,
            "what your client shows" if client else "what your server sends",
        ),
        ("Key", written.key, "can be read by you alone; it stays on this computer"),
        ("Chain", written.chain, "the same up to the root, for programs that want it whole"),
        ("PKCS #12", written.p12, f"key and chain, password {password}"),
    ]
    for title, path, what in rows:
        if path is not None:
            click.echo(f"  {title:<14}{path}\n  {'':14}{click.style(what, dim=True)}")
    click.echo(f"  {'Valid until':<14}{leaf.not_valid_after_utc:%d %B %Y}{_cut(authority, made)}")
    click.echo(f"  {'Signed by':<14}{authority.name}\n")
    for note in _notes(made):
        click.echo(f"{note}\n")
    click.echo(recipes(authority, made, written, password, client=client))
    click.echo(f"\nPrograms believe it that trust this authority. {place.command('ca', 'status')} says which do, {place.command('ca', 'trust')} adds more.")  # fmt: skip


def _cut(authority: Authority, made: Made) -> str:
    ends_with_authority = made.leaf.not_valid_after_utc == authority.above[0].not_valid_after_utc
    return ", when the authority itself expires" if ends_with_authority else ""


def _notes(made: Made) -> list[str]:
    wildcards = [name for name in made.names if name.startswith("*.")]
    notes = []
    if wildcards:
        base = wildcards[0][2:]
        notes.append(
            f"{wildcards[0]} is for a.{base}, and neither for {base} nor for a.b.{base}: a wildcard is one label (RFC 6125 §6.4.3)."
        )
    return notes
