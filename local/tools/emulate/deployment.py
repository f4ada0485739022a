"""Deploy the built template on the emulator: upload the code, translate the template, create the stack."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.paths import ROOT
from local.tools import check_template
from local.tools.emulate.emulator import Emulator

BUCKET = "keepreel-artifacts"
STACK = "keepreel-emulated"
_SECONDS = 300


class DeploymentFailed(Exception):
    """The stack was not created; the message names the resources."""


def deploy(emulator: Emulator, *, build: Path, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create the stack, and return its physical ids by logical id. Raises DeploymentFailed."""
    template = without_unsupported(check_template.translated(check_template.source()))
    emulator.client("s3").create_bucket(Bucket=BUCKET)
    _upload_code(emulator, template, build=build)
    emulator.client("s3").put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template))
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{emulator.endpoint}/{BUCKET}/template.json",  # inline, a template has 51,200 bytes at most
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    try:
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": _SECONDS})
    except Exception as error:
        raise DeploymentFailed(_failures(cloudformation)) from error
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in resources}


def _upload_code(emulator: Emulator, template: dict[str, Any], *, build: Path) -> None:
    """Upload each function and layer, and name its archive in the template."""
    s3 = emulator.client("s3")
    for name, resource in template["Resources"].items():
        kind = resource["Type"]
        if kind == "AWS::Lambda::Function":
            code = resource["Properties"]["Code"]
            folder = ROOT / code["S3Key"]
        elif kind == "AWS::Lambda::LayerVersion":
            code = resource["Properties"]["Content"]
            folder = _built_layer(build, name)
        else:
            continue
        s3.put_object(Bucket=BUCKET, Key=f"{name}.zip", Body=_zipped(folder))
        code.update({"S3Bucket": BUCKET, "S3Key": f"{name}.zip"})


def _built_layer(build: Path, name: str) -> Path:
    """Return the build's folder of a layer, to whose logical id SAM has appended a hash."""
    return next(it for it in build.iterdir() if it.is_dir() and name.startswith(it.name))


def _zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(it for it in folder.rglob("*") if it.is_file()):
            archive.write(file, file.relative_to(folder))
    return content.getvalue()


def _failures(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [it for it in events if it["ResourceStatus"].endswith("FAILED")]
    return "\n".join(f"{it['LogicalResourceId']}: {it.get('ResourceStatusReason', '')}" for it in failed)


def unsupported(template: Mapping[str, Any]) -> list[str]:
    """Return the logical ids of what MiniStack cannot create: alarms over several metrics."""
    return sorted(name for name, it in template["Resources"].items() if "Metrics" in it.get("Properties", {}))


def without_unsupported(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template without what MiniStack cannot create, and without gradual deployments, which watch alarms."""
    left_out = unsupported(template)
    return {
        **template,
        "Resources": {
            name: {key: value for key, value in it.items() if key != "UpdatePolicy"}
            for name, it in template["Resources"].items()
            if name not in left_out and not it["Type"].startswith("AWS::CodeDeploy::")
        },
    }
