"""`make deploy`: the commands that it runs, and the change sets that it refuses."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samcli.cli.types import CfnParameterOverridesType

from local.tools.deployment import commands, deploy, stage
from local.tools.deployment.commands import DeploymentError
from tests.local.tools.deployment.fake_commands import FakeCommands

CREATED = {"Summaries": [{"ChangeSetName": "samcli-deploy1", "ExecutionStatus": "AVAILABLE"}]}
ADDED = {"Action": "Add", "LogicalResourceId": "WebFunction", "ResourceType": "AWS::Lambda::Function"}


def modified(logical_id: str, type: str, *, replacement: str = "False", name: str = "") -> dict[str, Any]:
    details = [{"Target": {"Attribute": "Properties", "Name": name, "RequiresRecreation": "Always"}}] if name else []
    return {
        "Action": "Modify",
        "LogicalResourceId": logical_id,
        "ResourceType": type,
        "Replacement": replacement,
        "Details": details,
    }


def table(*indexes: str) -> dict[str, Any]:
    listed = [{"IndexName": it} for it in indexes]
    properties = {"GlobalSecondaryIndexes": listed} if listed else {}
    return {"TemplateBody": {"Resources": {"VideosTable": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}}}


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommands:
    fakes = FakeCommands.install(tmp_path / "bin")
    monkeypatch.setenv("PATH", fakes.path)
    return fakes


@pytest.fixture
def account(fakes: FakeCommands) -> Iterator[FakeCommands]:
    """An account with a deployed stack, in which `sam deploy` makes the change set samcli-deploy1."""
    fakes.answer("aws sts get-caller-identity", {"Account": "123456789012"})
    fakes.answer("aws secretsmanager describe-secret", {"Name": "any"})
    fakes.answer("sam deploy")
    fakes.answer("list-change-sets", {"Summaries": []}, times=1)
    fakes.answer("list-change-sets", CREATED)
    fakes.answer("aws cloudformation delete-change-set")
    fakes.answer("aws cloudformation execute-change-set")
    fakes.answer("aws cloudformation wait")
    output = {"OutputKey": "PublicUrl", "OutputValue": "https://d1.cloudfront.net"}
    fakes.answer("describe-stacks", {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Outputs": [output]}]})
    yield fakes
    assert not [it for it in fakes.calls() if it[0] not in {"sam", "aws"}]


def describes(account: FakeCommands, *changes: dict[str, Any], before: Any = None, after: Any = None) -> None:
    account.answer("describe-change-set", {"Changes": [{"ResourceChange": it} for it in changes]})
    account.answer("get-template --change-set-name", after or table())
    account.answer("get-template", before or table())


def run(name: str = "dev", *, parameters: str = "", allowed: tuple[str, ...] = (), is_confirmed: bool = False) -> None:
    deploy.deploy(stage.named(name), given=stage.given(parameters), allowed=allowed, is_confirmed=is_confirmed)


def test_a_deployment_makes_a_change_set_checks_it_and_executes_it(account: FakeCommands) -> None:
    describes(account, ADDED)

    run()

    steps = [it[:3] for it in account.calls() if it[0] == "sam" or it[2] not in {"describe-stacks", "get-template"}]
    assert [" ".join(it) for it in steps] == [
        "aws sts get-caller-identity",
        "aws secretsmanager describe-secret",
        "aws secretsmanager describe-secret",
        "aws cloudformation list-change-sets",
        "sam deploy --config-env",
        "aws cloudformation list-change-sets",
        "aws cloudformation describe-change-set",
        "aws cloudformation execute-change-set",
        "aws cloudformation wait",
    ]
    (sam,) = account.called("sam", "deploy")
    assert sam[2:8] == [
        *("--config-env", stage.named("dev").config, "--stack-name", "keepreel-dev"),
        *("--no-execute-changeset", "--no-confirm-changeset"),
    ]
    assert account.called("wait")[0][3:] == ["stack-update-complete", "--stack-name", "keepreel-dev"]


def test_a_given_parameter_is_added_to_those_of_the_stage(account: FakeCommands) -> None:
    describes(account, ADDED)

    run("prod", parameters="AlarmEmail=ops@example.com; ScheduledVideoRate=rate(1 day)", is_confirmed=True)

    (sam,) = account.called("sam", "deploy")
    overrides = sam[sam.index("--parameter-overrides") + 1 :]
    assert {"Stage=prod", "KlingSecretName=keepreel/prod/kling", "AlarmEmail=ops@example.com"} <= set(overrides)
    assert 'ScheduledVideoRate="rate(1 day)"' in overrides


@pytest.mark.parametrize(
    "value",
    [
        "",
        "rate(7 days)",
        "kling=5, higgsfield=4",
        'say "hi"',
        "it's",
        r"back\slash",
        r"C:\new dir",
        "a@example.com:pa$s",
    ],
)
def test_sam_reads_each_value_as_it_was_given(value: str) -> None:
    overrides = tuple(stage.named("dev").overrides({"DemoUser": value}))

    assert CfnParameterOverridesType().convert(overrides, None, None)["DemoUser"] == value


def test_a_first_deployment_waits_for_the_creation(fakes: FakeCommands) -> None:
    fakes.answer("get-caller-identity", {"Account": "123456789012"})
    fakes.answer("describe-secret", error="ResourceNotFoundException")
    fakes.answer("sam deploy")
    fakes.answer("list-change-sets", error="Stack [keepreel-dev] does not exist", times=1)
    fakes.answer("list-change-sets", CREATED)
    fakes.answer("describe-change-set", {"Changes": [{"ResourceChange": ADDED}]})
    fakes.answer("get-template --change-set-name", table("in_flight", "waiting"))
    fakes.answer("get-template", error="no such template")
    fakes.answer("execute-change-set")
    fakes.answer("cloudformation wait")
    fakes.answer("describe-stacks", {"Stacks": [{"StackStatus": "REVIEW_IN_PROGRESS"}]})

    run()

    assert fakes.called("wait", "stack-create-complete")


def test_missing_provider_keys_are_named(account: FakeCommands, capsys: pytest.CaptureFixture[str]) -> None:
    file = account.folder / "answers.json"
    file.write_text(file.read_text().replace('"output": {"Name": "any"}', '"error": "ResourceNotFoundException"'))
    describes(account, ADDED)

    run()

    assert "There is no secret keepreel/dev/kling" in capsys.readouterr().out


def test_nothing_is_executed_without_changes(fakes: FakeCommands, capsys: pytest.CaptureFixture[str]) -> None:
    fakes.answer("get-caller-identity", {"Account": "123456789012"})
    fakes.answer("describe-secret", {"Name": "any"})
    fakes.answer("sam deploy")
    failed = {"ChangeSetName": "samcli-deploy1", "ExecutionStatus": "UNAVAILABLE"}
    earlier = {"ChangeSetName": "someone-elses", "ExecutionStatus": "AVAILABLE"}
    fakes.answer("list-change-sets", {"Summaries": [earlier]}, times=1)
    fakes.answer("list-change-sets", {"Summaries": [earlier, failed]})
    fakes.answer("describe-stacks", {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]})

    run()

    assert "Nothing to change." in capsys.readouterr().out
    assert not fakes.called("execute-change-set")


REFUSED = {
    "a table would be replaced": (modified("VideosTable", "AWS::DynamoDB::Table", replacement="True"), "empty one"),
    "a bucket might be replaced": (modified("MediaBucket", "AWS::S3::Bucket", replacement="Conditional"), "empty one"),
    "the users would be replaced": (modified("UserPool", "AWS::Cognito::UserPool", replacement="True"), "empty one"),
    "the signing key would be replaced": (
        modified("SigningKey", "AWS::SecretsManager::Secret", replacement="True"),
        "empty one",
    ),
    "a table would leave the stack": (
        {"Action": "Remove", "LogicalResourceId": "SharesTable", "ResourceType": "AWS::DynamoDB::Table"},
        "would leave the stack",
    ),
    "a function would be renamed": (
        modified("DispatchVideosFunction", "AWS::Lambda::Function", replacement="True", name="FunctionName"),
        "another FunctionName",
    ),
    "the workflow would be renamed": (
        modified("VideoWorkflow", "AWS::StepFunctions::StateMachine", replacement="True", name="StateMachineName"),
        "another StateMachineName",
    ),
}


@pytest.mark.parametrize(("change", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_dangerous_change_is_refused_and_its_change_set_deleted(
    account: FakeCommands, change: dict[str, Any], reason: str
) -> None:
    describes(account, ADDED, change)

    with pytest.raises(DeploymentError, match=reason) as refused:
        run(is_confirmed=True)

    assert change["LogicalResourceId"] in str(refused.value)
    assert account.called("delete-change-set", "samcli-deploy1")
    assert not account.called("execute-change-set")


def test_a_named_change_is_allowed(account: FakeCommands) -> None:
    describes(
        account, modified("DispatchVideosFunction", "AWS::Lambda::Function", replacement="True", name="FunctionName")
    )

    run(allowed=("DispatchVideosFunction",))

    assert account.called("execute-change-set")


def test_a_new_version_of_a_layer_is_no_danger(account: FakeCommands) -> None:
    describes(account, modified("KeepreelLayer1", "AWS::Lambda::LayerVersion", replacement="True", name="ContentUri"))

    run()

    assert account.called("execute-change-set")


def test_two_changed_indexes_are_refused(account: FakeCommands) -> None:
    describes(account, ADDED, before=table("in_flight", "by_status"), after=table("in_flight", "waiting"))

    with pytest.raises(DeploymentError, match=r"VideosTable changes 2 indexes \(by_status, waiting\)"):
        run()

    assert not account.called("execute-change-set")


def test_one_changed_index_is_executed(account: FakeCommands) -> None:
    describes(account, ADDED, before=table("in_flight"), after=table("in_flight", "waiting"))

    run()

    assert account.called("execute-change-set")


def test_production_is_not_changed_without_a_confirmation(account: FakeCommands) -> None:
    describes(account, ADDED)

    with pytest.raises(DeploymentError, match="YES=1"):
        run("prod")

    assert account.called("delete-change-set")
    assert not account.called("execute-change-set")


def fail_to_wait(account: FakeCommands) -> None:
    file = account.folder / "answers.json"
    file.write_text(file.read_text().replace('"aws cloudformation wait"', '"no such command"'))
    account.answer("aws cloudformation wait", error="Waiter failed")


def test_a_failed_deployment_names_the_resources(account: FakeCommands) -> None:
    fail_to_wait(account)
    event = {
        "LogicalResourceId": "Distribution",
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": "Your account must be verified",
    }
    account.answer("describe-stack-events", {"StackEvents": [event]})
    describes(account, ADDED)

    with pytest.raises(DeploymentError, match="Distribution: Your account must be verified"):
        run()


def test_only_errors_of_the_last_deployment_are_named(account: FakeCommands) -> None:
    def event(logical_id: str, status: str, reason: str = "") -> dict[str, str]:
        return {"LogicalResourceId": logical_id, "ResourceStatus": status, "ResourceStatusReason": reason}

    account.answer(
        "describe-stack-events",
        {
            "StackEvents": [
                event("WebFunction", "UPDATE_FAILED", "the cause"),
                event("keepreel-dev", "UPDATE_IN_PROGRESS"),
                event("Distribution", "UPDATE_FAILED", "an older cause"),
            ]
        },
    )
    fail_to_wait(account)
    describes(account, ADDED)

    with pytest.raises(DeploymentError, match="the cause") as failed:
        run()

    assert "an older cause" not in str(failed.value)


STATUSES = {
    "ROLLBACK_COMPLETE": "make destroy STAGE=prod PRODUCTION=yes",
    "ROLLBACK_FAILED": "make destroy STAGE=prod PRODUCTION=yes",
    "UPDATE_ROLLBACK_FAILED": "continue-update-rollback --stack-name keepreel-prod",
    "UPDATE_FAILED": "rollback-stack --stack-name keepreel-prod",
    "DELETE_FAILED": "make destroy STAGE=prod PRODUCTION=yes again",
    "UPDATE_IN_PROGRESS": "a deployment is running",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "a deployment is running",
}


@pytest.mark.parametrize(("status", "advice"), STATUSES.items(), ids=STATUSES)
def test_a_stack_that_takes_no_change_set_says_what_to_do(fakes: FakeCommands, status: str, advice: str) -> None:
    fakes.answer("describe-stacks", {"Stacks": [{"StackStatus": status}]})

    with pytest.raises(DeploymentError, match=f"keepreel-prod has the status {status}: .*{advice}"):
        deploy.make_change_set(stage.named("prod"), given={})

    assert not fakes.called("sam", "deploy")


def test_change_sets_that_cannot_be_read_do_not_count_as_no_change(fakes: FakeCommands) -> None:
    fakes.answer("describe-stacks", error="Stack with id keepreel-dev does not exist")
    fakes.answer("list-change-sets", error="Stack [keepreel-dev] does not exist", times=1)
    fakes.answer("list-change-sets", error="An error occurred (Throttling)")
    fakes.answer("sam deploy")

    with pytest.raises(DeploymentError, match="Throttling"):
        deploy.make_change_set(stage.named("dev"), given={})


def test_missing_credentials_are_one_line(fakes: FakeCommands) -> None:
    fakes.answer("get-caller-identity", error="Unable to locate credentials")

    with pytest.raises(DeploymentError, match=r"aws configure.*Unable to locate credentials"):
        run()

    assert not fakes.called("sam", "deploy")


@pytest.mark.parametrize("name", ["Prod", "../dev", "", "a" * 17])
def test_an_invalid_stage_is_refused(name: str) -> None:
    with pytest.raises(DeploymentError, match="is not a stage"):
        stage.named(name)


def test_an_unknown_stage_says_what_to_add() -> None:
    with pytest.raises(DeploymentError, match=r"no stage staging, only dev, prod.*Copy its section prod"):
        stage.named("staging")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("AlarmEmail", "has no value"), ("AlarmMail=a@example.com", "no parameter AlarmMail"), ("Stage=prod", "STAGE=")],
)
def test_an_invalid_parameter_is_refused(text: str, reason: str) -> None:
    with pytest.raises(DeploymentError, match=reason):
        stage.given(text)


def test_an_error_is_one_line_without_a_traceback(fakes: FakeCommands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["deploy", "--stage", "staging"])

    with pytest.raises(SystemExit, match="no stage staging"):
        commands.main(deploy.main)
