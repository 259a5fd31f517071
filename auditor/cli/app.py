"""The typer application: its commands, and what every run ends in."""

from __future__ import annotations

import sys

import typer

from auditor import __version__
from auditor.cli import exits
from auditor.cli.compile import compile_mc
from auditor.cli.config import config
from auditor.cli.explain import explain
from auditor.cli.probe import probe
from auditor.cli.rules import rules
from auditor.cli.scan import scan

app = typer.Typer(
    name="mailaudit",
    help="Audit an existing sendmail, Cyrus SASL and STARTTLS install.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(scan)
app.command()(probe)
app.command("compile")(compile_mc)
app.command()(config)
app.command()(rules)
app.command()(explain)


@app.callback()
def options(
    *,
    version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),  # noqa: FBT003  # typer's default.
) -> None:
    """Audit an existing sendmail, Cyrus SASL and STARTTLS install."""
    if version:
        sys.stdout.write(f"mailaudit {__version__}\n")
        raise typer.Exit


def run() -> int:
    """Run the application and give its exit code."""

    def work() -> int:
        app()
        return exits.CLEAN

    return exits.ended(work)
