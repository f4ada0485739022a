"""The README's own commands, as they stand, against the stack."""

import json
import re
import subprocess
from pathlib import Path

from keepreel.db.tables import Video
from local.paths import ROOT
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack


def test_the_readmes_story_leads_to_a_video(stack: Stack, kling: KlingSimulator, tmp_path: Path) -> None:
    (tmp_path / ".keepreel").mkdir()
    (tmp_path / "local").symlink_to(ROOT / "local")
    (tmp_path / ".keepreel/stack.json").write_text(json.dumps(stack.describe()))
    story = "\n".join(re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL))

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", story],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "completed" in done.stdout.splitlines()
    assert (tmp_path / ".keepreel/boat.mp4").read_bytes()[4:8] == b"ftyp"
    stack.wait_until_idle()
    bots = Video.query("community#sophia", consistent_read=True)
    assert sorted((it.type, it.created_by.split("#")[0], it.status) for it in bots) == [
        ("intro", "event", "completed"),
        ("promo", "schedule", "completed"),
        ("promo", "user", "completed"),
        ("token_reveal", "event", "completed"),
    ]
    assert "'code': 'provider_error'" in done.stdout
    assert kling.waiting_faults() == []
