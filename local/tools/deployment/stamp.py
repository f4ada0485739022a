"""Write the hash of the parameters into the built template, so that a changed parameter publishes new versions.

Functions run as an alias, and SAM publishes a version when a property in the template changes. It does not look at the
values of parameters: https://github.com/aws/serverless-application-model/blob/develop/docs/safe_lambda_deployments.rst
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from local.tools.deployment.commands import DeploymentError

_STAMP = re.compile(r"(?m)^( +Description: ['\"]?parameters: )\w+")


def write(template: Path, parameters: Mapping[str, str]) -> None:
    """Replace the stamp of a built template. Raises DeploymentError if it has none."""
    digest = hashlib.sha256(json.dumps(sorted(parameters.items())).encode()).hexdigest()[:12]
    text, count = _STAMP.subn(rf"\g<1>{digest}", template.read_text(encoding="utf-8"))
    if count != 1:
        raise DeploymentError(f'{template} has no Description "parameters: …" in Globals; run make build')
    template.write_text(text, encoding="utf-8")
