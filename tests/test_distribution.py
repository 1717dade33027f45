"""What is installed is what is in the repository: the wheel's contents, the rooms' origin, the command."""

from __future__ import annotations

import email
import importlib
import importlib.metadata
import json
import re
import sys
import tomllib
import venv
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.environments import environment, run

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("specs", "sdtm", "adam", "define", "oncdisc")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the tools at hand."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    built = run(command, folder)
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def requirements(wheel: Path) -> list[str]:
    """What the wheel itself asks for, without its extras."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (item for item in archive.namelist() if item.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    return [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]


def distributed_root() -> Path:
    """Where the installed distribution keeps its rooms: the clone if editable, else site-packages."""
    distribution = importlib.metadata.distribution("oncdisc")
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable"):
        return Path(unquote(urlsplit(origin["url"]).path)).resolve()
    return Path(str(distribution.locate_file(""))).resolve()


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_imported_is_the_distributions_own(room: str) -> None:
    file = importlib.import_module(room).__file__
    assert file is not None
    assert Path(file).resolve() == distributed_root() / room / "__init__.py"


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_brings_a_package_of_that_name(room: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(room, []))
    assert owners <= {"oncdisc"}


@pytest.mark.parametrize("room", ROOMS)
def test_the_wheel_carries_every_file_of_the_room(room: str, contents: set[str]) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted(files - contents) == []
    assert f"{room}/py.typed" in contents


@pytest.mark.parametrize(
    "part",
    [
        "specs/standards/sdtmig-3.4/dm.yaml",
        "specs/standards/adamig-1.3/adsl.yaml",
        "specs/standards/ct/2025-03-28/SEX.csv",
        "specs/studies/es_sclc/study.yaml",
        "specs/studies/cdiscpilot/study.yaml",
        "define/templates/",
    ],
)
def test_the_wheel_carries_specs_templates_and_standards(part: str, contents: set[str]) -> None:
    assert any(name.startswith(part) for name in contents)


def test_the_wheel_carries_nothing_else(contents: set[str]) -> None:
    tops = {name.split("/")[0] for name in contents}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)
    assert [name for name in contents if name.endswith("licenses/LICENSE")] != []


def test_every_dependency_is_pinned_without_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [pin for pin in pins if pin.count("==") != 1 or any(mark in pin for mark in "@:/ ")] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [item for extra in project["optional-dependencies"].values() for item in extra]
    named = {plain(item) for item in [*project["dependencies"], *extras]} - {"oncdisc"}
    assert sorted(named - {plain(pin) for pin in pins}) == []


def plain(requirement: str) -> str:
    """The normalised name at the start of a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]).lower()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that holds the wheel and what it asks for, nothing else.

    What it asks for comes from a kept environment through a path file, so that only the wheel is installed anew.
    """
    kept = environment(requirements(wheel))
    packages = run([kept, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], kept.parent)
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    own = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder)
    (Path(own.stdout.strip()) / "kept.pth").write_text(packages.stdout, encoding="utf-8")
    done = run([python, "-m", "pip", "install", "-qq", "--no-deps", "--no-index", wheel], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "bin"


@pytest.mark.slow
def test_an_empty_environment_with_the_wheel_lacks_nothing(installed: Path) -> None:
    checked = run([installed / "python", "-m", "pip", "check"], installed)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_the_installed_rooms_are_the_wheels_own(installed: Path) -> None:
    script = (
        "import importlib, importlib.metadata as metadata, pathlib\n"
        "own = {str(pathlib.Path(f.locate()).resolve()) for f in metadata.distribution('oncdisc').files}\n"
        f"rooms = [importlib.import_module(room) for room in {ROOMS!r}]\n"
        "print([room.__name__ for room in rooms if str(pathlib.Path(room.__file__).resolve()) not in own])\n"
    )
    shown = run([installed / "python", "-c", script], installed)
    assert (shown.stdout.strip(), shown.stderr) == ("[]", "")


@pytest.mark.slow
def test_the_installed_command_builds_the_demo(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    built = run([installed / "oncdisc", "demo", "--subjects", "20", "--out", out], tmp_path)
    assert built.returncode in (0, 1), built.stderr  # 1: done, with findings
    assert "Traceback" not in built.stderr
    for part in ("build.json", "tabulations/sdtm/dm.xpt", "analysis/adam/datasets/adtte.xpt"):
        assert (out / part).is_file(), part


@pytest.mark.slow
def test_the_installed_command_tells_its_version(installed: Path, wheel: Path) -> None:
    shown = run([installed / "oncdisc", "--version"], installed)
    assert shown.returncode == 0
    assert wheel.name.split("-")[1] in shown.stdout
