"""Environments of their own for tests that must not share the developer's: made once, kept between runs.

They live under ONCDISC_CACHE (default ~/.cache/oncdisc), outside the clone, under the hash of what is in them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

XPORT = "xport==3.6.1"
# Its own limit, pandas below 1.4, has no wheel for today's Python; it needs pkg_resources.
BESIDE = ("pandas==2.3.3", "numpy==2.4.6", "click==8.5.1", "PyYAML==6.0.3", "setuptools==79.0.1")
CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"


def environment(requirements: Sequence[str], *, constrained: bool = True) -> Path:
    """The Python of an environment that holds these requirements and what they need.

    `constrained` takes the versions in constraints.txt; without it the requirements pin their own. Two test
    processes that want the same environment wait for one another. Raises CalledProcessError.
    """
    constraints = CONSTRAINTS.read_text(encoding="utf-8") if constrained else ""
    contents = "\n".join([sys.version, constraints, *sorted(requirements)])
    folder = _cache() / f"environment-{hashlib.sha256(contents.encode()).hexdigest()[:16]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)  # an earlier attempt that did not finish
            _make(folder, requirements, ["-c", str(CONSTRAINTS)] if constrained else [])
            (folder / "ready").touch()
    return folder / "bin" / "python"


def clean_variables() -> dict[str, str]:
    """The process's environment without what would let the developer's packages in."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}


def run(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """A command run to its end in a folder, output captured; the caller judges its status."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=clean_variables(),
        capture_output=True,
        text=True,
        check=False,
    )


def _make(folder: Path, requirements: Sequence[str], options: Sequence[str]) -> None:
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, *requirements], check=True, env=clean_variables())


def _cache() -> Path:
    if named := os.environ.get("ONCDISC_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "oncdisc"


def xport_python() -> Path:
    """The Python of an environment with the xport package, an independent reader of transport files."""
    python = environment(BESIDE, constrained=False)
    if subprocess.run([python, "-c", "import xport.v56"], capture_output=True, check=False).returncode:
        subprocess.run([python, "-m", "pip", "install", "-qq", "--no-deps", XPORT], check=True)
    return python
