"""What a stack's status means for the next deployment, in words for a person who has not seen it before.

Statuses: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from collections.abc import Mapping

from local.tools.deployment import commands
from local.tools.deployment.commands import DeploymentError, Failure
from local.tools.deployment.stage import Stage

_START_AGAIN = (
    "its first deployment failed, so it can only be deleted. Nothing was stored yet: remove the cause, "
    "run make destroy STAGE={stage}{flag}, and deploy again. If a secret keepreel/{stage}/signing or "
    "keepreel/{stage}/cdn remains, delete it first."
)
_CONTINUE = (
    "the return to the old version failed, too. Remove the cause, which the stack's events name, and run "
    "aws cloudformation continue-update-rollback --stack-name {stack}, then deploy again. Never delete the stack."
)
_MEANINGS: Mapping[str, str] = {
    "ROLLBACK_COMPLETE": _START_AGAIN,
    "ROLLBACK_FAILED": _START_AGAIN,
    "CREATE_FAILED": _START_AGAIN,
    "DELETE_FAILED": "its deletion failed. Its events have the cause. Run make destroy STAGE={stage}{flag} again.",
    "UPDATE_ROLLBACK_FAILED": _CONTINUE,
    "UPDATE_FAILED": "an update failed without a rollback. Run aws cloudformation rollback-stack --stack-name {stack}.",
}
_BUSY = "a deployment is running. Wait until it has ended: aws cloudformation describe-stacks --stack-name {stack}"


def check(of: Stage) -> None:
    """Raise DeploymentError if the stack can take no change set now; its message says what to do."""
    if found := advice(of):
        raise DeploymentError(found.strip())


def advice(of: Stage) -> str:
    """Return what must happen before the next deployment, on a line of its own; nothing if it can be made at once."""
    status = _status(of.stack)
    meaning = _BUSY if _is_busy(status) else _MEANINGS.get(status, "")
    flag = " PRODUCTION=yes" if of.is_production else ""
    filled = meaning.format(stack=of.stack, stage=of.name, flag=flag)
    return f"\n{of.stack} has the status {status}: {filled}" if filled else ""


def _is_busy(status: str) -> bool:
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def _status(stack: str) -> str:
    """Return the stack's status; nothing for a stack that does not exist."""
    found = commands.try_read("aws", "cloudformation", "describe-stacks", "--stack-name", stack)
    return "" if isinstance(found, Failure) else str(found["Stacks"][0].get("StackStatus", ""))
