"""``earmark draft``: takeaways for an episode that has none."""

from pathlib import Path

import click

from corpus.catalogue import episodes
from corpus.moments import format_moment
from ingest.takeaway_blocks import TakeawayLine, format_takeaways_text
from web.cli import print_json, say
from web.wiring import House


@click.command(name="draft")
@click.argument("episode")
@click.option("-n", "count", type=click.IntRange(1, 50), default=9, show_default=True)
@click.option("--keep", is_flag=True, help="Store them as drafts, in place of earlier drafts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, episode: str, count: int, keep: bool, as_json: bool) -> None:
    """Draft takeaways of an episode from its own sentences, each with its second.

    An episode is named by id, guid or title. Nobody has read a draft: listen before you publish it.

    Example: earmark draft "Quiet budgets" --keep
    """
    from ingest.drafting import draft_episode, keep_drafts

    house = House(home)
    with house.catalogue.read() as conn:
        held = episodes.find_episode(conn, episode)
    drafts = draft_episode(house.catalogue, house.get_embedder(), held.id, count)
    if keep:
        with house.catalogue.write() as conn:
            keep_drafts(conn, held.id, drafts)
    if as_json:
        rows = [
            {
                "text": draft.text,
                "start_ms": draft.start_ms,
                "end_ms": draft.end_ms,
                "speaker": draft.speaker,
                "sentence": draft.sentence,
                "moment": format_moment(draft.start_ms),
                "reason": draft.reason,
            }
            for draft in drafts
        ]
        print_json({"takeaways": rows})
        return
    lines = [TakeawayLine(text=draft.text, start_ms=draft.start_ms) for draft in drafts]
    click.echo(format_takeaways_text(lines), nl=False)
    say("Kept as drafts: accept them on the episode's page." if keep else "Drafts: not kept.")
