"""The command line's root: names and one-line summaries only, so that ``--help`` is instant."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import click

from corpus.errors import EarmarkError, UsageError

COMMANDS = {
    "add": "Add feeds, audio, transcripts, newsletters, folders or addresses.",
    "sync": "Ask feeds what is new.",
    "work": "Do queued work: a worker.",
    "status": "Say what is held and how it stands.",
    "jobs": "List long work: what runs, what failed and why.",
    "list": "List shows, episodes or issues.",
    "show": "Show an episode.",
    "search": "Find the passages that answer a question.",
    "eval": "Ask questions whose answers are known: recall and rank.",
    "vocabulary": "List, set and remove names that mean the same.",
    "saved": "List, add and remove saved searches.",
    "digest": "Print what is new for the saved searches.",
    "takeaways": "Print takeaways as a block ready to paste.",
    "draft": "Draft takeaways of an episode from its own sentences.",
    "chapters": "List an episode's chapters, and accept proposed ones.",
    "join": "Say which episode an issue speaks of, or pick it.",
    "check": "Say whether the stated times of takeaways are right.",
    "speakers": "List an episode's speakers, and correct their names.",
    "player": "Name where an episode plays elsewhere, for links to its moments.",
    "tray": "Pick texts for the next issue, and print them ready to paste.",
    "inspect": "Show what Earmark reads in a file, without storing anything.",
    "transcribe": "Transcribe audio files, without storing anything.",
    "serve": "Serve the site.",
    "mcp": "Offer what is held to an assistant.",
    "export": "Write everything into an interchange file.",
    "backup": "Write a consistent copy of everything into one file.",
    "restore": "Put a backup back.",
    "index": "Rebuild the search index.",
    "settings": "List and make settings.",
    "doctor": "Say what is wrong here and how to mend it.",
}
"""Command -> summary; the command lives in web.commands under the same name."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command by name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"web.commands.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="EARMARK_HOME",
    help="The data folder (default: the platform's user data folder).",
)
@click.version_option(package_name="earmark")
@click.pass_context
def cli(ctx: click.Context, home: Path | None) -> None:
    """Earmark: podcasts and newsletters, searched to the second."""
    ctx.obj = home


def print_json(document: Any, *, indent: int | None = 2) -> None:
    """Write one JSON document to standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=indent))


def say(message: str) -> None:
    """Write progress or a message to standard error."""
    click.echo(message, err=True)


def main() -> None:
    """Run the command line: exit 0 done, 1 failed, 2 used wrongly."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        cli.main(prog_name="earmark", standalone_mode=True)
    except EarmarkError as error:
        say(f"earmark: {error}")
        sys.exit(2 if isinstance(error, UsageError) else 1)


if __name__ == "__main__":
    main()
