"""Fixtures: the stack's AWS services with the functions of a small template, and a moto server with tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws import event_bus, lambda_functions, moto_patches
from local.aws.lambda_invoker import Invoker
from local.stack import Stack
from tests.local.aws import moto_client
from tests.local.aws.event_services import TEMPLATE, Services, read
from tests.local.aws.moto_client import Client


@pytest.fixture
def services(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    template, resources = read(TEMPLATE, tmp_path=tmp_path)
    resources.create()
    invoker = Invoker(lambda_functions.functions(template, resources))
    invoker.load()
    name = resources.attribute("EventBus", "Name")
    services = Services(stack=stack, resources=resources, invoker=invoker, bus_name=name)
    invoker.before = lambda _, event: services.runs.append(event)
    for name in ("_invoker", "async_invoker", "event_bus"):  # restored after the test
        monkeypatch.setattr(stack.aws, name, getattr(stack.aws, name))
    stack.aws.set_functions(invoker, rules=event_bus.rules(template, resources))
    return services


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Client]:
    with moto_client.server() as url:
        client = moto_client.client(url)
        yield client
        client.close()


@pytest.fixture
def patched_tables(dynamodb: Client) -> Iterator[Client]:
    moto_patches.apply()
    with moto_client.tables(dynamodb):
        yield dynamodb
