"""Objects that all workflows share in moto's Step Functions interpreter: the parsed definition and the Lambda client.

moto parses the definition for each workflow (20 ms of CPU), and creates a client for each step (4 ms).
"""

import threading
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from moto.settings import moto_server_port
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

# As in moto, which leaves timeouts and retries to the workflow. A larger pool, because steps of all workflows share it.
_CONFIG = Config(
    parameter_validation=False,
    retries={"total_max_attempts": 1},
    connect_timeout=TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS,
    read_timeout=TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS,
    max_pool_connections=1000,
)

_clients: dict[tuple[str, str, str], Any] = {}
_creating = threading.Lock()  # boto3 may not create two clients at once
_parsing = threading.Lock()  # the lru_cache would parse in each thread that finds nothing


def client(region: str, service: str, state_credentials: Any = None) -> Any:  # noqa: ARG001  # no role is assumed here
    """Return the client of this stack's server."""
    key = (service, region, moto_server_port())
    with _creating:
        if key not in _clients:
            _clients.clear()  # of an earlier stack
            _clients[key] = boto3.client(
                service,  # type: ignore[call-overload]
                region_name=region,
                endpoint_url=f"http://localhost:{moto_server_port()}",
                aws_access_key_id="ak",
                aws_secret_access_key="sk",  # noqa: S106  # no real key, as in moto
                config=_CONFIG,
            )
        return _clients[key]


def program(worker: Any) -> Any:
    """Return the parsed definition of a workflow. Everything that changes while it runs is in its `Environment`."""
    with _parsing:
        return _parsed(worker._evaluation_details.state_machine_details.definition)


@lru_cache(maxsize=8)
def _parsed(definition: str) -> Any:
    return AmazonStateLanguageParser.parse(definition)[0]


def heap_key(component: Any) -> str:
    """Return the name of a component's values, such as the number of retries, in the memory of a workflow.

    moto creates it on first use, so two workflows with one definition would find two names for one component.
    """
    return str(id(component))
