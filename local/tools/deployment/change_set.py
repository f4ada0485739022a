"""The guard of a deployment: reads a change set, and names the changes that would lose or hide what users paid for."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

# Their content is the users', or proves who they are.
STATEFUL = (
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
)
_NAMES = (
    "AlarmName",
    "BucketName",
    "DashboardName",
    "FunctionName",
    "LogGroupName",
    "Name",
    "QueueName",
    "StateMachineName",
    "TableName",
    "TopicName",
    "UserPoolName",
)

Json = Any


def refusals(change_set: Mapping[str, Json], *, allowed: Collection[str] = ()) -> list[str]:
    """Return why a change set must not be executed, one line for each change.

    `change_set` is the output of `aws cloudformation describe-change-set`. `allowed` names logical ids that may change.
    """
    changes = [it["ResourceChange"] for it in change_set.get("Changes", ()) if "ResourceChange" in it]
    return [
        f"{change['LogicalResourceId']} ({change['ResourceType']}) {problem}"
        for change in changes
        if change["LogicalResourceId"] not in allowed
        for problem in _problems(change)
    ]


def index_refusals(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[str]:
    """Return the tables whose indexes change more than CloudFormation can do in one update.

    `before` and `after` are processed templates, as `aws cloudformation get-template` returns them.
    """
    return [
        f"{name} changes {len(changed)} indexes ({', '.join(changed)}), and an update can change one: "
        "see docs/deployment.md, Update an older deployment"
        for name, table in after.get("Resources", {}).items()
        if table["Type"] == "AWS::DynamoDB::Table" and name in before.get("Resources", {})
        if len(changed := _changed(_indexes(before["Resources"][name]), _indexes(table))) > 1
    ]


def lines(change_set: Mapping[str, Json]) -> list[str]:
    """Return one line for each change, for a person who decides."""
    return [
        f"{it['Action']:7} {it['LogicalResourceId']} ({it['ResourceType']}){_note(it)}"
        for it in (change["ResourceChange"] for change in change_set.get("Changes", ()) if "ResourceChange" in change)
    ]


def _problems(change: Mapping[str, Json]) -> Iterator[str]:
    is_stateful = change["ResourceType"] in STATEFUL
    if is_stateful and change["Action"] == "Remove":
        yield "would leave the stack"
    if is_stateful and change["Action"] == "Modify" and change.get("Replacement", "False") != "False":
        yield "would be replaced by an empty one"
    for name in sorted(_renamed(change)):
        yield f"would get another {name}, and what uses the old one would not find it"


def _renamed(change: Mapping[str, Json]) -> set[str]:
    targets = (it.get("Target", {}) for it in change.get("Details", ()))
    return {
        it["Name"]
        for it in targets
        if change["Action"] == "Modify"
        and it.get("Attribute") == "Properties"
        and it.get("Name") in _NAMES
        and it.get("RequiresRecreation", "Never") != "Never"
    }


def _note(change: Mapping[str, Json]) -> str:
    replacement = change.get("Replacement", "False")
    return {"True": ", replaced", "Conditional": ", perhaps replaced"}.get(replacement, "")


def _indexes(table: Mapping[str, Json]) -> dict[str, Json]:
    return {it["IndexName"]: it for it in table["Properties"].get("GlobalSecondaryIndexes", ())}


def _changed(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[str]:
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
