"""The environment variables of a running stack: the template's variables, and no access to a real AWS account."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local import host
from local.aws.template import REGION


@contextmanager
def restored_afterwards() -> Iterator[None]:
    """Restore the environment at the end, except the AWS variables.

    They stay isolated, because functions that still run and later code in this process must not reach a real account.
    """
    before = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    try:
        yield
    finally:
        for name in [it for it in os.environ if it not in before and not it.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(before)


def isolate_from_aws() -> None:
    """Remove the user's AWS configuration: no credentials, and no place where boto3 would look for them."""
    for name in [it for it in os.environ if it.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # no server listens there
        # Requests to this machine must bypass the user's proxy.
        "NO_PROXY": _with_loopback(os.environ.get("NO_PROXY", "")),
        "no_proxy": _with_loopback(os.environ.get("no_proxy", "")),
    }


def set_function_variables(variables: Mapping[str, str], *, in_process: bool) -> None:
    """Set the environment variables that all functions share."""
    # Powertools collects metrics once per process, so concurrent functions in one process would mix them.
    os.environ |= {"POWERTOOLS_METRICS_DISABLED": "true"} if in_process else {}
    os.environ |= variables


def _with_loopback(hosts: str) -> str:
    return ",".join(filter(None, [hosts, host.LOOPBACK, "localhost", host.name()]))
