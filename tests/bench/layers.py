"""Size of the dependencies layer, built as `sam build` does and zipped as `sam deploy` uploads it."""

import os
import subprocess
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from local.paths import ROOT
from tests.bench.lines import Line, at_most, count

GOAL_MB = 18


def lines() -> list[Line]:
    with TemporaryDirectory() as folder:
        _build("Dependencies", Path(folder))
        return [
            at_most(
                GOAL_MB,
                name="dependencies layer, zipped, MB",
                ours=count(round(zipped_mb(Path(folder)), 1)),
            )
        ]


def zipped_mb(folder: Path) -> float:
    """Return the size of a folder's files in a zip archive, in units of 10⁶ bytes."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch, "layer.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.rglob("*")):
                archive.write(file, file.relative_to(folder))
        return path.stat().st_size / 1_000_000


def _build(name: str, folder: Path) -> None:
    makefile = ROOT / "layers" / name.lower()
    variables = {**os.environ, "ARTIFACTS_DIR": str(folder)}
    with TemporaryDirectory() as scratch:
        command = ["make", "--directory", scratch, "--makefile", str(makefile / "Makefile"), f"build-{name}Layer"]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{done.stdout[-1000:]}{done.stderr[-1000:]}")
