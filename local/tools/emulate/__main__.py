"""Build for this machine, deploy on MiniStack, run both flows, and print what differs from AWS."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from local.aws import environment
from local.paths import ROOT
from local.providers.providers import Providers
from local.tools import check_template, local_build
from local.tools.emulate import deployment, emulator, flows, routes
from local.tools.emulate.emulator import Emulator
from local.tools.emulate.front import Front

_BUILD = ROOT / ".aws-sam/emulate"
_PACKAGES = ROOT / ".keepreel/emulate/packages"
_FINISH_SECONDS = 2  # generation time of the simulators


def main() -> int:
    version, python = local_build.python()
    print(f"Building for this machine and Python {version} …", flush=True)
    local_build.build(_BUILD, version=version)
    local_build.install("emulate", _PACKAGES, version=version)
    environment.isolate_from_aws()
    with ExitStack() as closing:
        emulated = closing.enter_context(emulator.running(python=python, packages=_PACKAGES))
        front = closing.enter_context(Front(emulated))
        created = _deploy(emulated, front, closing=closing)
        token = flows.sign_in(emulated, pool=created["UserPool"], client=created["UserPoolClient"])
        results = [
            _try("a person's video", lambda: flows.person(front.url, token)),
            _try("a community's four videos", lambda: flows.community(front.url, token)),
        ]
        if not all(results):
            print(emulated.log.read_text()[-5000:], file=sys.stderr)
    return 0 if all(results) else 1


def _deploy(emulated: Emulator, front: Front, *, closing: ExitStack) -> Mapping[str, str]:
    """Start the providers' simulators, create their secrets and the stack, and return its physical ids."""
    os.environ.setdefault("HIGGSFIELD_MODEL_PATH", "higgsfield-ai/dop/standard")  # the simulators' catalog reads it
    providers = Providers()
    providers.simulate({"finish_seconds": _FINISH_SECONDS}, closing=closing)
    secrets = emulated.client("secretsmanager")
    for name, content in providers.secrets.items():
        secrets.create_secret(Name=name, SecretString=json.dumps(content))
    print("Deploying …", flush=True)
    created = deployment.deploy(
        emulated,
        build=_BUILD,
        parameters={
            "Stage": "emulated",
            "PublicUrl": front.url,
            "PageOrigin": front.url,
            "AwsEndpointUrl": emulated.endpoint,
            **providers.parameters,
        },
    )
    template = check_template.translated(check_template.source())
    key = json.loads(secrets.get_secret_value(SecretId="keepreel/emulated/cdn")["SecretString"])["key"]
    front.open(api=created["HttpApi"], bucket=created["MediaBucket"], key=key)
    count = routes.create(emulated, template, created)
    left_out = deployment.unsupported(template)
    print(f"{len(created)} resources and {count} routes. Not created: {', '.join(left_out) or 'none'}", flush=True)
    return created


def _try(name: str, flow: Callable[[], str]) -> bool:
    try:
        print(f"ok      {name}: {flow()}", flush=True)
    except (flows.FlowFailed, OSError) as error:
        print(f"FAILED  {name}: {error}", flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
