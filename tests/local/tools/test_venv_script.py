"""`local/venv.sh`, run with fake Pythons on the PATH."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "local/venv.sh"

FAKE_PYTHON = """#!/bin/sh
case "$*" in
  *version_info*) [ -n "{minor}" ] && echo "{minor}" ;;
  *ensurepip*) exit {without_venv} ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "{name}" > "$3/created-by" ;;
  *pip*) cp "$FAKE_UV" "${{0%/*}}/uv" ;;
esac
"""
FAKE_UV = """#!/bin/sh
echo "$UV_PYTHON_DOWNLOADS $*" >> "$UV_CALLS"
case "$1" in
  venv) [ -n "$CAN_DOWNLOAD" ] || { echo "error: no answer from the host" >&2; exit 2; }
        mkdir -p .venv/bin && echo "uv" > .venv/created-by ;;
esac
"""


class Machine:
    """A folder as the whole PATH: a few basic commands and the Pythons that a test adds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in ("sh", "cat", "cp", "mkdir", "mktemp", "rm", "sed"):
            (self.bin / name).symlink_to(shutil.which(name) or "")
        self._write(folder / "uv", FAKE_UV)

    def add_python(self, name: str, *, minor: str, has_venv: bool = True) -> None:
        self._write(self.bin / name, FAKE_PYTHON.format(name=name, minor=minor, without_venv=int(not has_venv)))

    def run(self, *, can_download: bool = False) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": str(self.bin),
            "TMPDIR": str(self.folder),
            "FAKE_UV": str(self.folder / "uv"),
            "UV_CALLS": str(self.folder / "uv-calls"),
            "CAN_DOWNLOAD": "yes" if can_download else "",
        }
        command = [str(self.bin / "sh"), str(SCRIPT)]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    @property
    def created_by(self) -> str:
        return (self.folder / ".venv/created-by").read_text().strip()

    @staticmethod
    def _write(file: Path, text: str) -> None:
        file.write_text(text)
        file.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("minor", ["11", "12", "13", "14"])
def test_every_tested_python_is_used_without_a_download(machine: Machine, minor: str) -> None:
    machine.add_python("python3", minor=minor)

    done = machine.run()

    assert (done.returncode, done.stderr, machine.created_by) == (0, "", "python3")


def test_python_3_13_comes_first_because_lambda_runs_it(machine: Machine) -> None:
    machine.add_python("python3", minor="14")
    for minor in ("11", "12", "13", "14"):
        machine.add_python(f"python3.{minor}", minor=minor)

    machine.run()

    assert machine.created_by == "python3.13"


def test_a_version_managers_stub_is_skipped(machine: Machine) -> None:
    machine.add_python("python3.13", minor="")
    machine.add_python("python3.12", minor="12")

    machine.run()

    assert machine.created_by == "python3.12"


def test_uv_downloads_python_3_13_where_only_an_older_one_is_found(machine: Machine) -> None:
    machine.add_python("python3", minor="9")

    done = machine.run(can_download=True)

    assert (done.returncode, machine.created_by) == (0, "uv")
    assert done.stderr == "No Python 3.11 to 3.14 found. Downloading Python 3.13 with uv.\n"
    calls = (machine.folder / "uv-calls").read_text().splitlines()
    assert calls[0] == "automatic venv --quiet --clear --python 3.13 .venv"


def test_a_newer_python_is_used_where_the_download_fails(machine: Machine) -> None:
    machine.add_python("python3", minor="15")

    done = machine.run()

    assert (done.returncode, machine.created_by) == (0, "python3")
    assert "Using python3, which is newer than the versions that Keepreel is tested with." in done.stderr


def test_one_message_says_that_python_is_missing(machine: Machine) -> None:
    done = machine.run()

    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == [
        "Keepreel needs Python 3.11 or later with the venv module. Install Python 3.13 and run make again.",
        "The download of Python 3.13 failed: there is no uv, and no Python 3 that can install it",
    ]


def test_the_message_names_a_python_without_the_venv_module(machine: Machine) -> None:
    machine.add_python("python3", minor="11", has_venv=False)

    done = machine.run()

    assert done.returncode == 1
    assert "No venv module in: python3. On Debian and Ubuntu: apt-get install python3-venv" in done.stderr
    assert "The download of Python 3.13 failed: error: no answer from the host" in done.stderr


@pytest.mark.parametrize("version", ["cp311", "cp312", "cp313", "cp314"])
def test_every_locked_package_has_a_linux_wheel_for_every_tested_python(version: str) -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    wanted = {it["name"] for it in packages} - {"keepreel", "pywin32"}  # this project; Windows only
    # A package may be locked at two versions, of which each Python takes one.
    available = {it["name"] for it in packages if any(_fits(wheel["url"], version) for wheel in it.get("wheels", []))}

    assert wanted - available == set()


def _fits(url: str, version: str) -> bool:
    """Whether a wheel's tags allow this CPython on Linux (an abi3 wheel also fits every later version)."""
    pythons, abis, platforms = url.removesuffix(".whl").split("-")[-3:]
    on_linux = platforms == "any" or ("linux" in platforms and "x86_64" in platforms)
    stable = "abi3" in abis and any(int(it[3:]) <= int(version[3:]) for it in pythons.split(".") if it[:3] == "cp3")
    pure = "none" in abis and bool({"py3", version} & set(pythons.split(".")))
    return on_linux and (pure or stable or version in abis.split("."))
