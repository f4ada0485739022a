"""The README's own commands, as they stand, against the stack."""

import json
import re
import subprocess
from pathlib import Path

from local.simulators.kling import KlingSimulator
from local.stack import Stack

README = Path(__file__).parents[2] / "README.md"


def test_the_readmes_story_leads_to_a_video(stack: Stack, kling: KlingSimulator, tmp_path: Path) -> None:
    (tmp_path / ".keepreel").mkdir()
    (tmp_path / ".keepreel/stack.json").write_text(json.dumps(stack.describe()))
    story = "\n".join(re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL))

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", story],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "completed" in done.stdout.splitlines()
    assert (tmp_path / ".keepreel/boat.mp4").read_bytes()[4:8] == b"ftyp"
    assert [fault["kind"] for fault in kling.waiting_faults()] == ["lose_reply"]
