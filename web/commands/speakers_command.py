"""``earmark speakers``: who speaks in an episode."""

from pathlib import Path

import click

from corpus.catalogue import episodes, undos
from corpus.errors import NotHeldError, UsageError
from corpus.homes import now_ms
from web.cli import print_json, say
from web.wiring import House


@click.command(name="speakers")
@click.argument("episode")
@click.argument("label", required=False)
@click.argument("name", required=False)
@click.option("--only-here", is_flag=True, help="Not for the show's other episodes.")
@click.option("--undo", is_flag=True, help="Take back the last correction made at this episode.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    home: Path | None,
    episode: str,
    label: str | None,
    name: str | None,
    only_here: bool,
    undo: bool,
    as_json: bool,
) -> None:
    """List an episode's speakers, or say that LABEL in its transcript is NAME.

    A correction holds for all episodes of the show whose transcripts come from the same source;
    an empty NAME takes it away. The transcript itself stays as it was read.

    Example: earmark speakers 12 "Speaker 1" "Jenny Plant"
    """
    from ingest.speaker_edits import name_speaker
    from ingest.takeaway_edits import take_back
    from web.speaker_api import speaker_documents

    house = House(home)
    with house.catalogue.read() as conn:
        held = episodes.find_episode(conn, episode)
        undo_id = undos.find_last_undo(conn, f"speaker:{held.id}")
    if undo:
        if undo_id is None:
            raise NotHeldError(f"“{held.title}”", "has no correction to take back")
        said = f"taken back: {take_back(house.catalogue, undo_id, now_ms=now_ms()).said}"
        say(f"{said}; the rest of the show follows with: earmark work --once")
    elif label is not None:
        if name is None:
            raise UsageError(label, "is given no name", 'write: earmark speakers EPISODE LABEL ""')
        _, said = name_speaker(
            house.catalogue, held.id, label, name, for_show=not only_here, now_ms=now_ms()
        )
        say(said if only_here else f"{said}; other episodes follow with: earmark work --once")
    with house.catalogue.read() as conn:
        documents = speaker_documents(conn, held.id)
    if as_json:
        print_json({"speakers": documents})
        return
    for row in documents:
        was = f"  ({row['label']} in the transcript)" if row["corrected_for"] else ""
        click.echo(f"{row['name']}{was}")
    if not documents:
        say("Nobody is named in its transcript.")
