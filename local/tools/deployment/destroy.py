"""`make destroy`: delete a stage's stack, and say what stays."""

import argparse
import sys

from samtranslator.yaml_helper import yaml_parse

from local.paths import ROOT
from local.tools.deployment import commands, stage
from local.tools.deployment.commands import DeploymentError, Failure
from local.tools.deployment.stage import Stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--yes", action="store_true", help="delete without a question")
    parser.add_argument("--production", action="store_true", help="delete prod")
    arguments = parser.parse_args()
    destroy(
        stage.named(arguments.stage or stage.DEFAULT),
        is_confirmed=arguments.yes,
        may_be_production=arguments.production,
    )


def destroy(of: Stage, *, is_confirmed: bool, may_be_production: bool) -> None:
    """Delete the stack. Raises DeploymentError if it is prod without the flag, or not confirmed."""
    if of.is_production and not may_be_production:
        raise DeploymentError(f"{of.stack} is the production: add PRODUCTION=yes if you really want to delete it")
    kept = _kept(of)
    listed = "\n".join(f"- {it}" for it in kept)
    print(f"Deletes {of.stack}: the API, the page, the functions, the workflow and the alarms.\n")
    print(f"Stays, because users paid for its content, and costs money until you delete it by hand:\n{listed}\n")
    _confirm(of, is_confirmed=is_confirmed)
    commands.run("sam", "delete", "--stack-name", of.stack, "--no-prompts")
    print(f"Deleted. docs/deployment.md says how a new stack takes over what stays:\n{listed}")


def retained() -> list[str]:
    """Return the logical ids that outlive the stack."""
    resources = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Resources"]
    return [name for name, it in resources.items() if str(it.get("DeletionPolicy", "")).startswith("Retain")]


def _kept(of: Stage) -> list[str]:
    """Return what stays, with its physical names where the stack is deployed."""
    # Not describe-stack-resources, which ends after a hundred resources.
    found = commands.try_read("aws", "cloudformation", "list-stack-resources", "--stack-name", of.stack)
    if isinstance(found, Failure):
        raise DeploymentError(f"{of.stack} cannot be read; is it deployed in this account and region? {found.message}")
    physical = {it["LogicalResourceId"]: it.get("PhysicalResourceId", "") for it in found["StackResourceSummaries"]}
    return [f"{name}: {physical[name]}" for name in retained() if name in physical]


def _confirm(of: Stage, *, is_confirmed: bool) -> None:
    if is_confirmed:
        return
    if not sys.stdin.isatty():
        raise DeploymentError("Not deleted: without a terminal, add YES=1")
    if input(f'Type "{of.stack}" to delete it: ').strip() != of.stack:
        raise DeploymentError("Not deleted.")


if __name__ == "__main__":
    commands.main(main)
