"""`make smoke`: every built function, with its built layers alone, answers one event under Lambda's emulator.

What tests cannot see shows here: a dependency that is not in a layer, a wheel for another Python, a wrong handler.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.paths import ROOT
from local.stack import Stack
from local.tools import lambda_emulator, layer_sizes
from local.tools.lambda_emulator import EmulatorError
from local.tools.layer_sizes import BuiltFunction

BUILD = ROOT / ".aws-sam/smoke"
CLIENT = BUILD / "runtime-client"  # awslambdaric, which Lambda itself has
EVENTS = ROOT / "tests/events"
UV = ROOT / ".venv/bin/uv"

_GONE = {"status": "deleting", "wait_seconds": 0}  # a step's answer for a video that does not exist
_NO_VIDEOS = json.dumps({"videos": [], "next_cursor": None})
# What each answer must hold, by the function's folder.
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "generate_video": {"statusCode": 202},
    "generate_bot_video": {"video_ids": []},  # a community that wants no intro video
    "check_video_status": {"statusCode": 404},
    "library": {"statusCode": 200, "body": _NO_VIDEOS},
    "delete_video": {"statusCode": 404},
    "shared_video": {"statusCode": 404},
    "web": {"statusCode": 200},
    "communities": {"statusCode": 200},
    "submit_video": _GONE,
    "poll_provider": _GONE,
    "save_video": _GONE,
    "fail_video": _GONE,
    "sweep_videos": {"started": 0},
}


def main() -> int:
    if missing := _undescribed():
        print(f"local/tools/smoke.py and tests/events/ must say how to try {', '.join(missing)}", file=sys.stderr)
        return 1
    if sys.platform != "linux":
        print("The Lambda emulator is a Linux program, so there is nothing to run on this machine.")
        return 0
    version, python = _python()
    print(f"Building for {platform.machine()} and Python {version} …", flush=True)
    _build(version)
    functions = layer_sizes.functions(BUILD)
    is_good = _comes_whole_from_layers(functions, python=python)
    with Stack(only_resources=True), tempfile.TemporaryDirectory() as logs:
        answers = [_answers(function, python=python, logs=Path(logs)) for function in functions]
    print(f"{sum(answers)} of {len(answers)} built functions answer as they should.")
    return 0 if is_good and all(answers) else 1


def _undescribed() -> list[str]:
    """The functions, by folder, that have no event to try them with, or no answer to expect."""
    folders = sorted(file.parent.name for file in ROOT.glob("functions/*/app.py"))
    return [it for it in folders if it not in ANSWERS or not (EVENTS / f"{it}.json").exists()]


def _python() -> tuple[str, str]:
    """Lambda's Python where there is one, else the one at hand."""
    found = subprocess.run(["layers/python-that-runs", "3.13"], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return "3.13", found.stdout.strip()
    print("There is no Python 3.13 here, which is what Lambda runs; the one of .venv takes its place.")
    return f"{sys.version_info.major}.{sys.version_info.minor}", sys.executable


def _build(version: str) -> None:
    target = {"LAYER_PLATFORM": f"{platform.machine()}-manylinux_2_28", "LAYER_PYTHON": version}
    _run(ROOT / ".venv/bin/sam", "build", "--build-dir", BUILD, environment={**os.environ, **target})
    pins = BUILD / "runtime-client.txt"
    _run(UV, "export", "--frozen", "--only-group", "smoke", "--no-emit-project", "--output-file", pins)
    wheels = ("--python-version", version, "--only-binary", ":all:", "--require-hashes", "--python", sys.executable)
    _run(UV, "pip", "install", "--target", CLIENT, *wheels, "--requirements", pins)


def _run(*command: str | Path, environment: Mapping[str, str] = os.environ) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def _comes_whole_from_layers(functions: list[BuiltFunction], *, python: str) -> bool:
    """Imports every module of our package with the most layers that any function has.

    Functions import some modules only when they need them; and were the package another than the built one, a green
    run would say nothing of the layer.
    """
    richest = max(functions, key=lambda it: len(it.layers))
    path = lambda_emulator.python_path(richest, runtime_client=CLIENT)
    done = subprocess.run(
        [python, "-S", "-c", _IMPORT_ALL], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    origin = Path(done.stdout.strip())
    is_whole = done.returncode == 0 and any(origin.is_relative_to(layer) for layer in richest.layers)
    print("ok      every module of the package" if is_whole else f"FAILED  every module: {origin} {done.stderr}")
    return is_whole


_IMPORT_ALL = """
import importlib, pkgutil, keepreel
for module in pkgutil.walk_packages(keepreel.__path__, "keepreel."):
    importlib.import_module(module.name)
print(keepreel.__file__)
"""


def _answers(function: BuiltFunction, *, python: str, logs: Path) -> bool:
    folder = function.code.name
    event = json.loads((EVENTS / f"{folder}.json").read_text())
    try:
        with lambda_emulator.running(
            function, python=python, runtime_client=CLIENT, environment=_environment(), log=logs / f"{folder}.log"
        ) as lambda_:
            answer = lambda_.invoke(event)
    except EmulatorError as error:
        print(f"FAILED  {folder}: {error}")
        return False
    is_expected = isinstance(answer, dict) and ANSWERS[folder].items() <= answer.items()
    print(f"ok      {folder}" if is_expected else f"FAILED  {folder}: {json.dumps(answer)[:500]}")
    return is_expected


def _environment() -> dict[str, str]:
    """The stack's, which has the functions' variables, without what could show them more than their layers."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


if __name__ == "__main__":
    sys.exit(main())
