"""`make deploy-check`: would the built stage deploy, and would it keep what runs? Nothing is changed."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.paths import ROOT
from local.tools import check_template, layer_sizes
from local.tools.deployment import change_set, commands, deploy, scan, stage
from local.tools.deployment.commands import DeploymentError, Failure
from local.tools.deployment.stage import Stage

BUILD = ROOT / ".aws-sam/build"

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
QUOTAS: Mapping[str, int] = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
TEMPLATE_BYTES = 1024 * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--parameters", default="", help='as "Name=Value; Name=Value"')
    parser.add_argument("--allow", default="", help="logical ids that the guard lets change, as a comma list")
    parser.add_argument(
        "--change-set", default="", help="a file with the output of describe-change-set, instead of AWS"
    )
    arguments = parser.parse_args()
    allowed = {it.strip() for it in arguments.allow.split(",") if it.strip()}
    if layer_sizes.main(BUILD):
        raise DeploymentError("Too large for Lambda, see above")
    template = check_template.translated(check_template.source())
    check_quotas(template)
    scan.check(template)
    if arguments.change_set:
        check_file(Path(arguments.change_set), allowed=allowed)
    else:
        to = stage.named(arguments.stage or stage.DEFAULT)
        check_account(to, given=stage.given(arguments.parameters), allowed=allowed)


def check_quotas(template: Mapping[str, Any]) -> None:
    """Print the size of the translated template. Raises DeploymentError above a quota of CloudFormation."""
    sizes = {name: (len(template.get(name, {})), quota) for name, quota in QUOTAS.items()}
    sizes["Bytes"] = (len(json.dumps(template)), TEMPLATE_BYTES)
    print("template: " + ", ".join(f"{size:,} of {quota:,} {name.lower()}" for name, (size, quota) in sizes.items()))
    if over := [name for name, (size, quota) in sizes.items() if size > quota]:
        raise DeploymentError(f"The template is over CloudFormation's quota of {', '.join(over).lower()}")


def check_file(file: Path, *, allowed: set[str]) -> None:
    """Check a stored change set. Raises DeploymentError with every change that the guard refuses."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DeploymentError(f"CHANGE_SET={file} is not the output of describe-change-set: {error}") from error
    print("\n".join(change_set.lines(found)))
    deploy.refuse(change_set.refusals(found, allowed=allowed))


def check_account(to: Stage, *, given: Mapping[str, str], allowed: set[str]) -> None:
    """Make a change set in the account, check it, and delete it. Says so where there are no credentials."""
    identity = commands.try_read("aws", "sts", "get-caller-identity")
    if isinstance(identity, Failure):
        print(
            f"change set: not checked, because AWS does not accept your credentials: {identity.message}",
            file=sys.stderr,
        )
        return
    name = deploy.make_change_set(to, given=given)
    if name is None:
        print("change set: nothing would change")
        return
    try:
        deploy.check(to, name, allowed=allowed)
    finally:
        commands.run(*deploy.delete_command(to, name))
    print("change set: nothing that users created would be lost")


if __name__ == "__main__":
    commands.main(main)
