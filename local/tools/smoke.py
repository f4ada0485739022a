"""`make smoke`: each built function, with its built layers alone, answers one event under Lambda's emulator.

It finds what tests cannot see: a dependency missing from a layer, a wheel for another Python, a wrong handler name.
It also prints the CPU time of each cold start.
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
from local.tools import codec_samples, lambda_emulator, layer_sizes
from local.tools.init_time import init_cpu_seconds
from local.tools.lambda_emulator import EmulatorError
from local.tools.layer_sizes import BuiltFunction

BUILD = ROOT / ".aws-sam/smoke"
RUNTIME_CLIENT = BUILD / "runtime-client"  # awslambdaric, which Lambda provides
EVENTS = ROOT / "tests/events"
UV = ROOT / ".venv/bin/uv"

_UNKNOWN_VIDEO = {"status": "deleting", "wait_seconds": 0}  # a workflow step's result for a video that does not exist
_NO_VIDEOS = json.dumps({"videos": [], "next_cursor": None})
# What each function's response must contain, by folder. None for a function without a response.
EXPECTED: Mapping[str, Mapping[str, Any] | None] = {
    "generate_video": {"statusCode": 202},
    "generate_bot_video": {"video_ids": []},  # an event that requests no intro video
    "check_video_status": {"statusCode": 404},
    "library": {"statusCode": 200, "body": _NO_VIDEOS},
    "delete_video": {"statusCode": 404},
    "shared_video": {"statusCode": 404},
    "web": {"statusCode": 200},
    "communities": {"statusCode": 200},
    "submit_video": _UNKNOWN_VIDEO,
    "poll_provider": _UNKNOWN_VIDEO,
    "save_video": _UNKNOWN_VIDEO,
    "fail_video": _UNKNOWN_VIDEO,
    "await_result": None,  # the wait goes on
    "provider_callback": {"statusCode": 404},
    "count_view": None,
    "sweep_videos": {"shards": []},
    "dispatch_videos": {"started": 0},
}


def main() -> int:
    if missing := _functions_without_sample():
        print(f"Add an event to tests/events/ and a response to EXPECTED for {', '.join(missing)}.", file=sys.stderr)
        return 1
    if sys.platform != "linux":
        print("Skipped: the Lambda emulator runs on Linux only.")
        return 0
    version, python = _python()
    print(f"Building for {platform.machine()} and Python {version} …", flush=True)
    _build(version)
    functions = layer_sizes.functions(BUILD)
    checks = (_package_is_complete, _reads_credentials, _decodes_video)
    is_complete = all(check(functions, python=python) for check in checks)
    with Stack(only_resources=True), tempfile.TemporaryDirectory() as logs:
        results = [_try(function, python=python, logs=Path(logs)) for function in functions]
        _print_cold_starts(functions, python=python)
    print(f"{sum(results)} of {len(results)} built functions respond as expected.")
    return 0 if is_complete and all(results) else 1


def _functions_without_sample() -> list[str]:
    folders = sorted(file.parent.name for file in ROOT.glob("functions/*/app.py"))
    return [it for it in folders if it not in EXPECTED or not (EVENTS / f"{it}.json").exists()]


def _python() -> tuple[str, str]:
    """Return version and path of Lambda's Python if it is installed, else of the running one."""
    if found := _finds_python("3.13"):
        return "3.13", found
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    print(f"Python 3.13, which Lambda runs, is not installed here; Python {version} takes its place.")
    return version, sys.executable


def _finds_python(version: str) -> str:
    """Return the path of an installed Python of this version, or an empty string."""
    command = ["layers/python-that-runs", version]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def _build(version: str) -> None:
    target = {"LAYER_PLATFORM": f"{platform.machine()}-manylinux_2_28", "LAYER_PYTHON": version}
    target["LAYER_BYTECODE"] = "yes" if _finds_python(version) else "no"
    _run(ROOT / ".venv/bin/sam", "build", "--build-dir", BUILD, environment={**os.environ, **target})
    pins = BUILD / "runtime-client.txt"
    _run(UV, "export", "--frozen", "--only-group", "smoke", "--no-emit-project", "--output-file", pins)
    wheels = ("--python-version", version, "--only-binary", ":all:", "--require-hashes", "--python", sys.executable)
    _run(UV, "pip", "install", "--target", RUNTIME_CLIENT, *wheels, "--requirements", pins)


def _run(*command: str | Path, environment: Mapping[str, str] = os.environ) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def _package_is_complete(functions: list[BuiltFunction], *, python: str) -> bool:
    """Import each module of the package with the largest set of layers that any function has.

    Functions import some modules only when they need them. The package must also come from the built layer, or a
    green run would prove nothing about the layer.
    """
    richest = max(functions, key=lambda it: len(it.layers))
    path = lambda_emulator.python_path(richest, runtime_client=RUNTIME_CLIENT)
    done = subprocess.run(
        [python, "-S", "-c", _IMPORT_ALL], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    origin = Path(done.stdout.strip())
    is_complete = done.returncode == 0 and any(origin.is_relative_to(layer) for layer in richest.layers)
    print("ok      all modules of the package" if is_complete else f"FAILED  all modules: {origin} {done.stderr}")
    return is_complete


_IMPORT_ALL = """
import importlib, pkgutil, keepreel
for module in pkgutil.walk_packages(keepreel.__path__, "keepreel."):
    importlib.import_module(module.name)
print(keepreel.__file__)
"""


def _reads_credentials(functions: list[BuiltFunction], *, python: str) -> bool:
    """Read the credential of a signed file with the save function's layers: the library is a binary of its own."""
    (function,) = (it for it in functions if it.code.name == "save_video")
    path = lambda_emulator.python_path(function, runtime_client=RUNTIME_CLIENT)
    command = [python, "-S", "-c", _READ_CREDENTIAL, str(_SIGNED)]
    done = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    can_read = done.stdout.strip() == "expired"
    print("ok      content credentials" if can_read else f"FAILED  content credentials: {done.stdout} {done.stderr}")
    return can_read


_SIGNED = ROOT / "tests/data/credentials/expired.mp4"
_READ_CREDENTIAL = """
import pathlib, sys
from keepreel.media import content_credentials
print(content_credentials.read(pathlib.Path(sys.argv[1]), anchors="").state)
"""


def _decodes_video(functions: list[BuiltFunction], *, python: str) -> bool:
    """Decode a frame of each codec that browsers play: the media layer has no encoders, which FFmpeg must not miss."""
    (function,) = (it for it in functions if it.code.name == "save_video")
    path = lambda_emulator.python_path(function, runtime_client=RUNTIME_CLIENT)
    with tempfile.TemporaryDirectory() as folder:
        films = [str(codec_samples.write(codec, Path(folder))) for codec in codec_samples.ENCODERS]
        command = [python, "-S", "-c", _DECODE, *films]
        done = subprocess.run(command, env={"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    can_decode = done.stdout.split() == ["64x64"] * len(films)
    print("ok      video decoder" if can_decode else f"FAILED  video decoder: {done.stdout} {done.stderr}")
    return can_decode


_DECODE = """
import sys
from keepreel.media.libav import av
for name in sys.argv[1:]:
    with av.open(name) as file:
        frame = next(file.decode(video=0))
        print(f"{frame.width}x{frame.height}")
"""


def _try(function: BuiltFunction, *, python: str, logs: Path) -> bool:
    """Invoke a function once, print the result, and return whether its response is the expected one."""
    folder = function.code.name
    event = json.loads((EVENTS / f"{folder}.json").read_text())
    try:
        with lambda_emulator.running(
            function,
            python=python,
            runtime_client=RUNTIME_CLIENT,
            environment=_environment(),
            log=logs / f"{folder}.log",
        ) as emulator:
            response = emulator.invoke(event)
    except EmulatorError as error:
        print(f"FAILED  {folder}: {error}")
        return False
    expected = EXPECTED[folder]
    is_expected = (
        response is None if expected is None else isinstance(response, dict) and expected.items() <= response.items()
    )
    if not is_expected:
        print(f"FAILED  {folder}: {json.dumps(response)[:500]}")
        return False
    print(f"ok      {folder}", flush=True)
    return True


def _print_cold_starts(functions: list[BuiltFunction], *, python: str) -> None:
    print("Cold starts, in CPU milliseconds (the least of five):")
    for function in functions:
        seconds = init_cpu_seconds(function, python=python, runtime_client=RUNTIME_CLIENT, environment=_environment())
        print(f"  {seconds * 1000:4.0f}  {function.code.name}", flush=True)


def _environment() -> dict[str, str]:
    """Return the stack's environment, which has the functions' variables, without Python's own variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


if __name__ == "__main__":
    sys.exit(main())
