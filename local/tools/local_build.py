"""Build functions and layers for this machine instead of Lambda's, to run them here without Docker."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.paths import ROOT

_UV = ROOT / ".venv/bin/uv"


def python() -> tuple[str, str]:
    """Return version and path of Lambda's Python if it is installed, else of the running one."""
    if found := _found_python("3.13"):
        return "3.13", found
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    print(f"Python 3.13, which Lambda runs, is not installed here; Python {version} takes its place.")
    return version, sys.executable


def build(folder: Path, *, version: str) -> None:
    """Run `sam build` into a folder, with layers for this machine and this version of Python."""
    target = {"LAYER_PLATFORM": f"{platform.machine()}-manylinux_2_28", "LAYER_PYTHON": version}
    target["LAYER_BYTECODE"] = "yes" if _found_python(version) else "no"
    _run(ROOT / ".venv/bin/sam", "build", "--build-dir", folder, environment={**os.environ, **target})


def install(group: str, folder: Path, *, version: str) -> None:
    """Install a dependency group of pyproject.toml into a folder, as uv.lock pins it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    pins = folder.with_suffix(".txt")
    _run(_UV, "export", "--frozen", "--only-group", group, "--no-emit-project", "--output-file", pins)
    wheels = ("--python-version", version, "--only-binary", ":all:", "--require-hashes", "--python", sys.executable)
    _run(_UV, "pip", "install", "--target", folder, *wheels, "--requirements", pins)


def _found_python(version: str) -> str:
    """Return the path of an installed Python of this version, or an empty string."""
    command = ["layers/python-that-runs", version]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def _run(*command: str | Path, environment: Mapping[str, str] = os.environ) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
