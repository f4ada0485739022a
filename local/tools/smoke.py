"""`make smoke`: run the commands of docs/local-invoke.md with each built function and its layers, without Docker.

AWS's Lambda emulator runs them against the local stack. It finds what tests cannot see: a dependency missing from a
layer, a wheel for another Python, a wrong handler name. It also prints the CPU time of each cold start.
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
from local.tools import codec_samples, lambda_emulator, layer_sizes, local_build, local_invoke, smoke_effects
from local.tools.init_time import init_cpu_seconds
from local.tools.layer_sizes import BuiltFunction
from local.tools.smoke_effects import Run

BUILD = ROOT / ".aws-sam/smoke"
RUNTIME_CLIENT = BUILD / "runtime-client"  # awslambdaric, which Lambda provides


def main() -> int:
    if missing := _functions_without_sample():
        names = ", ".join(missing)
        print(f"Add a command to docs/local-invoke.md and an effect to EFFECTS for {names}.", file=sys.stderr)
        return 1
    if sys.platform != "linux":
        print("Skipped: the Lambda emulator runs on Linux only.")
        return 0
    version, python = local_build.python()
    print(f"Building for {platform.machine()} and Python {version} …", flush=True)
    local_build.build(BUILD, version=version)
    local_build.install("smoke", RUNTIME_CLIENT, version=version)
    functions = layer_sizes.functions(BUILD)
    checks = (_package_is_complete, _reads_credentials, _decodes_video)
    is_complete = all(check(functions, python=python) for check in checks)
    with Stack(has_functions=False, simulator={"finish_seconds": 0}), tempfile.TemporaryDirectory() as logs:
        results = _run_guide({it.name: it for it in functions}, python=python, logs=Path(logs))
        _print_cold_starts(functions, python=python)
    print(f"{sum(results)} of {len(results)} commands of docs/local-invoke.md respond and have their effect.")
    return 0 if is_complete and all(results) else 1


def _functions_without_sample() -> list[str]:
    """Return the functions that docs/local-invoke.md does not invoke, or whose effect is not checked."""
    invoked = {it.function for it in local_invoke.commands()}
    folders = sorted(file.parent.name for file in ROOT.glob("functions/*/app.py"))
    return [it for it in folders if it not in smoke_effects.EFFECTS or _logical_id(it) not in invoked]


def _logical_id(folder: str) -> str:
    return "".join(word.title() for word in folder.split("_")) + "Function"


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


def _run_guide(functions: Mapping[str, BuiltFunction], *, python: str, logs: Path) -> list[bool]:
    """Run the commands of docs/local-invoke.md in their order, and return which of them had the expected effect."""
    run = smoke_effects.Run()
    results = []
    for command in local_invoke.commands():
        function = functions[command.function]
        log = logs / f"{function.code.name}.log"
        results.append(_try(function, command.content(run.video_id), run=run, python=python, log=log))
    return results


def _try(function: BuiltFunction, event: Any, *, run: Run, python: str, log: Path) -> bool:
    """Invoke a function once, print the result, and return whether response and effect are the expected ones."""
    folder, response = function.code.name, None
    try:
        with lambda_emulator.running(
            function, python=python, runtime_client=RUNTIME_CLIENT, environment=_environment(), log=log
        ) as emulator:
            response = emulator.invoke(event)
        effect = smoke_effects.EFFECTS[folder](run, response)
    except Exception as error:  # noqa: BLE001  # the other commands are still run
        print(f"FAILED  {folder}: {type(error).__name__} {error}\n{json.dumps(response)[:500]}")
        return False
    print(f"ok      {folder}: {effect}", flush=True)
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
