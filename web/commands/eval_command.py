"""``earmark eval``: recall and rank of one's own questions."""

from pathlib import Path
from typing import get_args

import click

from corpus.errors import UsageError
from search.hits import Mode
from web.cli import print_json, say
from web.documents import Document
from web.wiring import House

_SHOWN_PROBLEMS = 10
_COLUMNS = ("hit@1_30", "hit@10_30", "hit@1_60", "hit@5_60", "hit@10_60", "mrr@10", "ep@1", "zero")


@click.command(name="eval")
@click.argument("questions", required=False, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--mode",
    type=click.Choice(get_args(Mode)),
    default="hybrid",
    show_default=True,
    help="By words, by meaning, or both.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, questions: Path | None, mode: Mode, as_json: bool) -> None:
    """Ask questions whose answers are known, and say how many are found and how high.

    QUESTIONS is a file of lines {"query_id", "query", "episode_id", "start", "end"}, times in
    seconds. Without it, the questions are those whose hits were marked on the search page.

    Example: earmark eval questions.jsonl
    """
    from web.trust import JUDGEMENTS, list_judged_questions, read_questions, run_evaluation

    house = House(home)
    problems: list[str] = []
    with house.catalogue.read() as conn:
        if questions is None:
            found = [one for one in list_judged_questions(conn) if one.right]
        else:
            found, problems = read_questions(conn, questions)
    if not found:
        remedy = "mark hits as right on the search page, or name a file of questions"
        raise UsageError("eval", "; ".join(problems[:3]) or "has no questions to ask", remedy)
    source = JUDGEMENTS if questions is None else questions.name
    document = run_evaluation(house, found, mode, source=source)
    document["problems"] = problems
    if as_json:
        print_json(document)
        return
    for problem in problems[:_SHOWN_PROBLEMS]:
        say(problem)
    if len(problems) > _SHOWN_PROBLEMS:
        say(f"and {len(problems) - _SHOWN_PROBLEMS} more lines that could not be asked")
    _print(document)


def _print(document: Document) -> None:
    click.echo(f"{'kind':<20}{'n':>6}" + "".join(f"{name:>11}" for name in _COLUMNS))
    rows = dict(document["figures"])
    before = document["before"]
    if before and before["figures"].get("all", {}).get("n"):
        rows["before"] = before["figures"]["all"]
    for kind, row in rows.items():
        figures = "".join(f"{row[name]:>11.3f}" for name in _COLUMNS)
        click.echo(f"{kind:<20}{row['n']:>6}{figures}")
    times = document["figures"]["all"]
    click.echo(f"{document['mode']}, {document['fingerprint']['model']}:", nl=False)
    click.echo(f" median {times['p50_ms']} ms, p95 {times['p95_ms']} ms")
    if before and before["fingerprint"] != document["fingerprint"]:
        click.echo(f"before: {before['fingerprint']['model']}")
    missed = [one["query"] for one in document["questions"] if one["rank"] is None]
    for query in missed[:_SHOWN_PROBLEMS]:
        click.echo(f"not found: {query}")
    if len(missed) > _SHOWN_PROBLEMS:
        click.echo(f"and {len(missed) - _SHOWN_PROBLEMS} more not found")
