"""The process's environment while a stack runs: the template's variables, and no way to anybody's real AWS account."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local.aws.template import REGION


@contextmanager
def restored_afterwards() -> Iterator[None]:
    """Gives the environment back at the end, but for what leads to AWS: a function that is still running then, or
    whatever comes later in this process, must not find the way to a real account.
    """
    before = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    try:
        yield
    finally:
        for name in [it for it in os.environ if it not in before and not it.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(before)


def isolate_from_aws() -> None:
    """Sets aside whatever the user has configured: there is no account any more, nor a place to look for one."""
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
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # where nothing answers
        # A proxy of the user's must not be asked for what is on this machine.
        "NO_PROXY": _with_loopback(os.environ.get("NO_PROXY", "")),
        "no_proxy": _with_loopback(os.environ.get("no_proxy", "")),
    }


def set_function_variables(variables: Mapping[str, str]) -> None:
    """What every function finds in its environment."""
    # Powertools collects metrics in one place per process, where functions that run side by side would meet.
    os.environ |= {"POWERTOOLS_METRICS_DISABLED": "true", **variables}


def _with_loopback(hosts: str) -> str:
    return ",".join(filter(None, [hosts, "127.0.0.1", "localhost"]))
