"""`make deploy-check`: quotas of CloudFormation, stored change sets, and an account that stays as it is."""

import json
from pathlib import Path

import pytest

from local.tools.deployment import check, stage
from local.tools.deployment.commands import DeploymentError
from tests.local.tools.deployment.fake_commands import FakeCommands

REPLACED = {
    "Action": "Modify",
    "LogicalResourceId": "VideosTable",
    "ResourceType": "AWS::DynamoDB::Table",
    "Replacement": "True",
}
ADDED = {"Action": "Add", "LogicalResourceId": "WebFunction", "ResourceType": "AWS::Lambda::Function"}


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommands:
    fakes = FakeCommands.install(tmp_path / "bin")
    monkeypatch.setenv("PATH", fakes.path)
    fakes.answer("sam deploy")
    fakes.answer("list-change-sets", {"Summaries": []}, times=1)
    fakes.answer("list-change-sets", {"Summaries": [{"ChangeSetName": "new", "ExecutionStatus": "AVAILABLE"}]})
    fakes.answer("get-template", {"TemplateBody": {}})
    fakes.answer("delete-change-set")
    return fakes


def stored(folder: Path, *changes: dict[str, str]) -> Path:
    file = folder / "change-set.json"
    file.write_text(json.dumps({"Changes": [{"ResourceChange": it} for it in changes]}))
    return file


def test_a_template_over_a_quota_is_refused() -> None:
    check.check_quotas({"Resources": {f"R{n}": {} for n in range(500)}})

    with pytest.raises(DeploymentError, match="quota of resources"):
        check.check_quotas({"Resources": {f"R{n}": {} for n in range(501)}})


def test_a_stored_change_set_that_replaces_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="VideosTable"):
        check.check_file(stored(tmp_path, ADDED, REPLACED), allowed=set())

    check.check_file(stored(tmp_path, ADDED), allowed=set())


def test_an_unreadable_change_set_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="CHANGE_SET"):
        check.check_file(tmp_path / "missing.json", allowed=set())


@pytest.mark.parametrize("change", [ADDED, REPLACED], ids=["harmless", "refused"])
def test_the_change_set_of_the_account_is_deleted_and_never_executed(
    fakes: FakeCommands, change: dict[str, str]
) -> None:
    fakes.answer("get-caller-identity", {"Account": "123456789012"})
    fakes.answer("describe-change-set", {"Changes": [{"ResourceChange": change}]})

    if change is REPLACED:
        with pytest.raises(DeploymentError, match="VideosTable"):
            check.check_account(stage.named("dev"), given={}, allowed=set())
    else:
        check.check_account(stage.named("dev"), given={}, allowed=set())

    assert fakes.called("delete-change-set", "new")
    assert not fakes.called("execute-change-set")


def test_without_credentials_it_says_what_was_not_checked(
    fakes: FakeCommands, capsys: pytest.CaptureFixture[str]
) -> None:
    fakes.answer("get-caller-identity", error="Unable to locate credentials")

    check.check_account(stage.named("dev"), given={}, allowed=set())

    assert "not checked, because AWS does not accept your credentials" in capsys.readouterr().err
    assert not fakes.called("sam")
