"""`make user` and `make destroy`: the commands that they run, and what they refuse."""

from pathlib import Path

import pytest

from local.tools.deployment import destroy, stage, user
from local.tools.deployment.commands import DeploymentError
from tests.local.tools.deployment.fake_commands import FakeCommands

STACK = {"Stacks": [{"Outputs": [{"OutputKey": "UserPoolId", "OutputValue": "us-east-1_abc"}]}]}
RESOURCES = {
    "StackResourceSummaries": [
        {"LogicalResourceId": "VideosTable", "PhysicalResourceId": "keepreel-dev-VideosTable-1"},
        {"LogicalResourceId": "MediaBucket", "PhysicalResourceId": "keepreel-dev-mediabucket-1"},
        {"LogicalResourceId": "UserPool", "PhysicalResourceId": "us-east-1_abc"},
        {"LogicalResourceId": "WebFunction", "PhysicalResourceId": "keepreel-dev-WebFunction-1"},
    ]
}


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommands:
    fakes = FakeCommands.install(tmp_path / "bin")
    monkeypatch.setenv("PATH", fakes.path)
    fakes.answer("describe-stacks", STACK)
    fakes.answer("list-stack-resources", RESOURCES)
    fakes.answer("sam delete")
    return fakes


def test_a_user_is_created_with_a_verified_address(fakes: FakeCommands) -> None:
    fakes.answer("admin-create-user", {"User": {}})

    user.create(stack="keepreel-dev", email="ada@example.com")

    assert fakes.calls()[-1][1:-2] == [
        *("cognito-idp", "admin-create-user", "--user-pool-id", "us-east-1_abc", "--username", "ada@example.com"),
        *("--user-attributes", "Name=email,Value=ada@example.com", "Name=email_verified,Value=true"),
        *("--desired-delivery-mediums", "EMAIL"),
    ]


def test_a_stack_that_is_only_a_change_set_has_no_users_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes = FakeCommands.install(tmp_path / "bin")
    monkeypatch.setenv("PATH", fakes.path)
    fakes.answer("describe-stacks", {"Stacks": [{"StackStatus": "REVIEW_IN_PROGRESS"}]})

    with pytest.raises(DeploymentError, match="not deployed yet"):
        user.create(stack="keepreel-dev", email="ada@example.com")


def test_an_existing_user_is_no_error(fakes: FakeCommands, capsys: pytest.CaptureFixture[str]) -> None:
    fakes.answer("admin-create-user", error="An error occurred (UsernameExistsException)")

    user.create(stack="keepreel-dev", email="ada@example.com")

    assert "exists already" in capsys.readouterr().out


def test_a_user_that_cognito_refuses_is_an_error(fakes: FakeCommands) -> None:
    fakes.answer("admin-create-user", error="An error occurred (AccessDeniedException)")

    with pytest.raises(DeploymentError, match="AccessDeniedException"):
        user.create(stack="keepreel-dev", email="ada@example.com")


@pytest.mark.parametrize("email", ["", "ada", "ada@example", "a b@example.com"])
def test_an_invalid_address_is_refused_before_any_command(fakes: FakeCommands, email: str) -> None:
    with pytest.raises(DeploymentError, match="EMAIL"):
        user.create(stack="keepreel-dev", email=email)

    assert not fakes.calls()


def test_destroy_reads_all_resources_of_a_stack_with_more_than_a_hundred(fakes: FakeCommands) -> None:
    destroy.destroy(stage.named("dev"), is_confirmed=True, may_be_production=False)

    assert fakes.called("list-stack-resources")  # describe-stack-resources ends after a hundred


def test_destroy_says_what_stays_and_deletes_the_stack(fakes: FakeCommands, capsys: pytest.CaptureFixture[str]) -> None:
    destroy.destroy(stage.named("dev"), is_confirmed=True, may_be_production=False)

    shown = capsys.readouterr().out
    assert fakes.calls()[-1] == ["sam", "delete", "--stack-name", "keepreel-dev", "--no-prompts"]
    assert all(it in shown for it in ("VideosTable: keepreel-dev-VideosTable-1", "UserPool: us-east-1_abc"))
    assert "WebFunction:" not in shown


def test_destroy_refuses_production_without_its_flag(fakes: FakeCommands) -> None:
    with pytest.raises(DeploymentError, match="PRODUCTION=yes"):
        destroy.destroy(stage.named("prod"), is_confirmed=True, may_be_production=False)

    assert not fakes.calls()


def test_destroy_needs_a_confirmation(fakes: FakeCommands) -> None:
    with pytest.raises(DeploymentError, match="YES=1"):
        destroy.destroy(stage.named("prod"), is_confirmed=False, may_be_production=True)

    assert not fakes.called("sam", "delete")


def test_what_stays_is_what_the_template_retains() -> None:
    assert {"VideosTable", "CommunitiesTable", "SharesTable", "MediaBucket", "UserPool"} <= set(destroy.retained())
