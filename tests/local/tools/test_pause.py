"""`make pause` and `make resume` on the running local stack."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keepreel import aws
from keepreel.settings import settings
from local.stack import Stack
from local.tools import pause, running_stack


@pytest.fixture
def _running(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the tools find this process's stack."""
    file = tmp_path / "stack.json"
    file.write_text(json.dumps(stack.describe()), encoding="utf-8")
    monkeypatch.setattr(running_stack, "_STACK_FILE", file)
    yield
    aws.ssm().put_parameter(Name=settings().paused_parameter, Value="no", Overwrite=True)


@pytest.mark.usefixtures("_running")
@pytest.mark.parametrize(("action", "value"), [("pause", "yes"), ("resume", "no")])
def test_action_sets_the_parameter_that_the_functions_read(
    action: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pause", action, "--stage", ""])

    pause.main()

    assert aws.ssm().get_parameter(Name=settings().paused_parameter)["Parameter"]["Value"] == value
    assert "within a minute" in capsys.readouterr().out


def test_without_a_running_stack_the_stage_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_stack, "_STACK_FILE", tmp_path / "none.json")
    monkeypatch.setattr("sys.argv", ["pause", "pause"])

    with pytest.raises(SystemExit, match="STAGE=prod"):
        pause.main()
