"""``earmark show``: an episode."""

from pathlib import Path

import click

from corpus.catalogue import episodes
from corpus.moments import format_moment
from web.cli import print_json
from web.episode_documents import whole_episode_document
from web.wiring import House


@click.command(name="show")
@click.argument("episode")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, episode: str, as_json: bool) -> None:
    """Show an episode with its takeaways, chapters and transcript; by id, guid or title.

    Example: earmark show 12
    """
    house = House(home)
    with house.catalogue.read() as conn:
        held = episodes.find_episode(conn, episode)
    document = whole_episode_document(house.catalogue, held)
    if as_json:
        print_json(document)
        return
    click.echo(f"{held.title}\n{held.show}, {(held.published or 'undated')[:10]}")
    for name in ("chapters", "proposed_chapters", "takeaways"):
        if document[name]:
            click.echo(f"\n{name.replace('_', ' ').capitalize()}")
        for row in document[name]:
            start_ms = row["start_ms"]
            mark = "" if start_ms is None else format_moment(start_ms)
            click.echo(f"{mark:>8}  {row.get('title') or row.get('text')}")
    transcript = document["transcript"]
    if transcript:
        click.echo(f"\nTranscript ({transcript['origin']}, {transcript['language'] or 'unknown'})")
        for row in transcript["segments"]:
            speaker = f"{row['speaker']}: " if row["speaker"] else ""
            click.echo(f"{format_moment(row['start_ms']):>8}  {speaker}{row['text']}")
    for problem in document["problems"]:
        click.echo(f"problem: {problem}")
