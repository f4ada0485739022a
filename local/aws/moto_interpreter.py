"""One Lambda client for moto's Step Functions interpreter, which creates a client for each step of each workflow."""

import threading
from typing import Any

import boto3
from botocore.config import Config
from moto.settings import moto_server_port
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds

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
