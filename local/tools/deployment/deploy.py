"""`make deploy`: build, make a change set, check it, and execute it."""

import argparse
import sys
from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile
from typing import Any

from local.paths import ROOT
from local.tools.deployment import change_set, commands, stage, stamp, status
from local.tools.deployment.commands import DeploymentError, Failure
from local.tools.deployment.stage import Stage

BUILT = ROOT / ".aws-sam/build/template.yaml"
_SECRETS = ("KlingSecretName", "HiggsfieldSecretName")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--parameters", default="", help='as "Name=Value; Name=Value"')
    parser.add_argument("--allow", default="", help="logical ids that the guard lets change, as a comma list")
    parser.add_argument("--yes", action="store_true", help="execute the change set of prod without a question")
    arguments = parser.parse_args()
    allowed = {it.strip() for it in arguments.allow.split(",") if it.strip()}
    deploy(
        stage.named(arguments.stage or stage.DEFAULT),
        given=stage.given(arguments.parameters),
        allowed=allowed,
        is_confirmed=arguments.yes,
    )


def deploy(to: Stage, *, given: Mapping[str, str], allowed: Collection[str], is_confirmed: bool) -> None:
    """Deploy what `make build` has built. Raises DeploymentError if a command fails or the guard refuses a change."""
    _show_account(to)
    _warn_about_missing_secrets({**to.parameters, **given})
    name = make_change_set(to, given=given)
    if name is None:
        print("Nothing to change.")
    else:
        _execute(to, name, allowed=allowed, is_confirmed=is_confirmed)
    for output, value in stage.outputs(to.stack).items():
        print(f"{output:24} {value}")
    print(
        f"\nNext: make verify URL=<PublicUrl>, and for the first user: make user STAGE={to.name} EMAIL=you@example.com"
    )


def make_change_set(to: Stage, *, given: Mapping[str, str]) -> str | None:
    """Upload the build, make a change set without executing it, and return its name; None if nothing would change."""
    status.check(to)
    if BUILT.exists():  # otherwise `sam deploy` says so
        stamp.write(BUILT, {**to.parameters, **given})
    earlier = _change_sets(to.stack)
    commands.run(
        *("sam", "deploy", "--config-env", to.config, "--stack-name", to.stack),
        *("--no-execute-changeset", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
        *("--parameter-overrides", *to.overrides(given)),
    )
    made = (name for name, can_be_executed in _change_sets(to.stack).items() if can_be_executed and name not in earlier)
    return next(made, None)


def check(to: Stage, name: str, *, allowed: Collection[str]) -> None:
    """Print a change set's changes. Raises DeploymentError with every change that the guard refuses."""
    found = commands.read(
        *("aws", "cloudformation", "describe-change-set", "--stack-name", to.stack, "--change-set-name", name)
    )
    print("\n".join(change_set.lines(found)))
    before, after = _template(to.stack), _template(to.stack, "--change-set-name", name)
    refuse([*change_set.refusals(found, allowed=allowed), *change_set.index_refusals(before, after)])


def refuse(reasons: Sequence[str]) -> None:
    """Raise DeploymentError with these reasons, if there are any."""
    if reasons:
        listed = "\n".join(f"- {it}" for it in reasons)
        raise DeploymentError(
            f"Not deployed, because this would lose data or break what runs:\n{listed}\n"
            "If you want it, name the logical ids: ALLOW=Name,Name"
        )


def delete_command(to: Stage, name: str) -> tuple[str, ...]:
    return ("aws", "cloudformation", "delete-change-set", "--stack-name", to.stack, "--change-set-name", name)


def _execute(to: Stage, name: str, *, allowed: Collection[str], is_confirmed: bool) -> None:
    try:
        check(to, name, allowed=allowed)
        if to.is_production and not is_confirmed:
            _confirm(to)
    except DeploymentError:
        commands.run(*delete_command(to, name))
        raise
    done = "stack-create-complete" if _is_new(to.stack) else "stack-update-complete"
    commands.run("aws", "cloudformation", "execute-change-set", "--stack-name", to.stack, "--change-set-name", name)
    print("Waiting; a first deployment takes about ten minutes, because of the CDN.")
    try:
        commands.run("aws", "cloudformation", "wait", done, "--stack-name", to.stack)
    except DeploymentError as error:
        raise DeploymentError(f"The deployment failed:\n{_failures(to.stack)}{status.advice(to)}") from error


def _confirm(to: Stage) -> None:
    if not sys.stdin.isatty():
        raise DeploymentError(f"Not deployed: {to.name} needs a confirmation; without a terminal, add YES=1")
    if input(f"Change {to.stack}? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise DeploymentError("Not deployed.")


def _show_account(to: Stage) -> None:
    found = commands.try_read("aws", "sts", "get-caller-identity")
    if isinstance(found, Failure):
        raise DeploymentError(f"AWS does not accept your credentials; sign in with `aws configure`. {found.message}")
    print(f"Account {found['Account']}, stage {to.name}, stack {to.stack}")


def _warn_about_missing_secrets(parameters: Mapping[str, str]) -> None:
    """Say which provider keys are missing: the stack deploys without them, but makes no videos."""
    for name in filter(None, (parameters.get(it) for it in _SECRETS)):
        if isinstance(commands.try_read("aws", "secretsmanager", "describe-secret", "--secret-id", name), Failure):
            print(
                f"There is no secret {name}: models of this provider fail until you create it, see docs/deployment.md"
            )


def _change_sets(stack: str) -> dict[str, bool]:
    """Return the stack's change sets, and whether each can be executed; none for a new stack."""
    found = commands.try_read("aws", "cloudformation", "list-change-sets", "--stack-name", stack)
    if isinstance(found, Failure):
        if "does not exist" in found.message:
            return {}
        raise DeploymentError(f"The change sets of {stack} cannot be read: {found.message}")
    return {it["ChangeSetName"]: it.get("ExecutionStatus") == "AVAILABLE" for it in found.get("Summaries", ())}


def _is_new(stack: str) -> bool:
    found = commands.read("aws", "cloudformation", "describe-stacks", "--stack-name", stack)
    return bool(found["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS")


def _template(stack: str, *arguments: str) -> dict[str, Any]:
    """Return a processed template; an empty one if the stack is new."""
    found = commands.try_read(
        *("aws", "cloudformation", "get-template", "--stack-name", stack, *arguments, "--template-stage", "Processed")
    )
    return {} if isinstance(found, Failure) else dict(found["TemplateBody"])


def _failures(stack: str) -> str:
    """Return the errors of the last deployment; the events begin with the newest."""
    found = commands.read("aws", "cloudformation", "describe-stack-events", "--stack-name", stack)
    last = takewhile(lambda it: not _is_start(it, stack), found["StackEvents"])
    failed = [it for it in last if it["ResourceStatus"].endswith("_FAILED")]
    return "\n".join(f"- {it['LogicalResourceId']}: {it.get('ResourceStatusReason', '')}" for it in failed[:20])


def _is_start(event: Mapping[str, Any], stack: str) -> bool:
    return event["LogicalResourceId"] == stack and event["ResourceStatus"] in {
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
    }


if __name__ == "__main__":
    commands.main(main)
