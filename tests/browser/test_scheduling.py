"""Under `-n`, all browser tests run on one worker."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from local.paths import ROOT

MANY = """
    import pathlib, pytest

    @pytest.mark.parametrize("n", range(12))
    def test_many(n, worker_id):
        with pathlib.Path(__file__).with_name("workers").open("a") as file:
            print(worker_id, file=file)
"""


def test_one_worker_runs_all_browser_tests(tmp_path: Path) -> None:
    for folder in ("tests/browser", "tests/unit"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "test_many.py").write_text(dedent(MANY))
    options = ("-n", "2", "-p", "tests.browser.plugin", "-p", "no:cacheprovider", "--import-mode=importlib")
    command = [sys.executable, "-m", "pytest", *options, f"--rootdir={tmp_path}", str(tmp_path)]
    # Without the variables of the pytest that runs this test.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=True)

    workers = (tmp_path / "tests/browser/workers").read_text().split()
    assert workers == workers[:1] * 12
    assert len((tmp_path / "tests/unit/workers").read_text().split()) == 12
