"""`make pause` and `make resume` on the running local stack."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from botocore.session import Session

from keepreel import aws
from keepreel.settings import settings
from local.stack import Stack
from local.tools import check_receipt, costs, index_step, pause, running_stack


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


@pytest.mark.usefixtures("_running")
def test_stage_that_is_not_deployed_is_one_line(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.describe()["aws_endpoint"])
    monkeypatch.setattr("sys.argv", ["pause", "pause", "--stage", "prd"])

    with pytest.raises(SystemExit, match=r"Nothing changed. Is the stage prd deployed in this account and region\? An"):
        pause.main()


def test_tool_without_credentials_ends_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = tmp_path / "receipt.json"
    receipt.write_text("{}")
    runs: Mapping[Callable[[], object], Sequence[str]] = {
        pause.main: ("pause", "--stage", "dev"),
        costs.main: ("--table", "Requests"),
        check_receipt.main: ("--stage", "dev", str(receipt)),
        index_step.main: ("--table", "Videos"),
    }
    monkeypatch.setattr(Session, "get_credentials", lambda _session: None)

    for main, arguments in runs.items():
        monkeypatch.setattr("sys.argv", ["tool", *arguments])
        with pytest.raises(SystemExit, match=r"account and region.* Unable to locate credentials"):
            main()


def test_without_a_running_stack_the_stage_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_stack, "_STACK_FILE", tmp_path / "none.json")
    monkeypatch.setattr("sys.argv", ["pause", "pause"])

    with pytest.raises(SystemExit, match="STAGE=prod"):
        pause.main()
