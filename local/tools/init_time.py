"""CPU time of a function's cold start: a fresh interpreter imports the built handler."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.tools.lambda_emulator import python_path
from local.tools.layer_sizes import BuiltFunction

_RUNS = 5
_IMPORT_HANDLER = "import app, time; print(time.process_time())"


def init_cpu_seconds(
    function: BuiltFunction, *, python: str, runtime_client: Path, environment: Mapping[str, str]
) -> float:
    """Return the least CPU seconds of five cold starts, which other work on the machine disturbs the least.

    Includes the start of the interpreter. Raises CalledProcessError if the handler cannot be imported.
    """
    variables = {
        **environment,
        "PYTHONPATH": python_path(function, runtime_client=runtime_client),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [python, "-S", "-c", _IMPORT_HANDLER]
    runs = (
        subprocess.run(command, cwd=function.code, env=variables, capture_output=True, text=True, check=True)
        for _ in range(_RUNS)
    )
    return min(float(run.stdout.split()[-1]) for run in runs)
