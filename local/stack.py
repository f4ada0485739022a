"""The local stack: everything in template.yaml, with moto for AWS and simulators for the providers."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from local import host
from local.api import routes
from local.api.gateway import Gateway
from local.api.media_files import MediaFiles
from local.aws import cold_start, environment, lambda_functions, runners, scheduler, test_certificate, users
from local.aws.lambda_invoker import Invoker
from local.aws.resources import Resources
from local.aws.scheduler import Scheduler
from local.aws.template import REGION, Template
from local.aws.users import UserPool
from local.http_server import Server
from local.paths import ROOT
from local.providers.providers import Providers

if TYPE_CHECKING:
    from local.aws.event_bus import EventBus
    from local.aws.moto_server import MotoServer
    from local.simulators.core.simulator import ProviderSimulator

STACK_NAME = "keepreel-local"

# Functions share the environment of this process, so it can run only one stack at a time.
_one_stack = threading.Lock()


class Stack:
    """Runs from `start` to `stop`, or as a context manager.

    `parameters` are template parameters, and `simulator` are settings for the simulators. With `only_resources`, the
    stack creates tables, bucket and so on, but starts no functions, no API and no simulators. Without `has_functions`,
    it starts everything but lets no function run, so that the user runs them one by one (`sam local invoke`). Without
    `has_schedules`, functions run only when they are called. With `listens_everywhere`, other machines reach the stack.
    `certificate` is the file that keeps the test certificate for content credentials from one run to the next. With
    `worker_processes`, handlers run in processes of their own, as on Lambda; without, in this one, where tests can
    replace parts of them. `on_stage` receives a line for each stage of the start.
    Raises TemplateError if the template uses an unsupported feature, PortInUse if the port is taken.
    """

    def __init__(
        self,
        *,
        template: Path = ROOT / "template.yaml",
        parameters: Mapping[str, str] | None = None,
        port: int = 0,
        simulator: Mapping[str, Any] | None = None,
        certificate: Path | None = None,
        only_resources: bool = False,
        has_functions: bool = True,
        listens_everywhere: bool = False,
        has_schedules: bool = True,
        worker_processes: bool = False,
        on_stage: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._path = template
        self._given_parameters = dict(parameters or {})
        self._port = port
        self._simulator_settings: dict[str, Any] = dict(simulator or {})
        self._certificate = certificate
        self._only_resources = only_resources
        self._has_functions = has_functions
        self._listens_everywhere = listens_everywhere
        self._has_schedules = has_schedules
        self._worker_processes = worker_processes
        self._on_stage = on_stage
        self._closing = ExitStack()
        self.aws: MotoServer
        self.simulators: dict[str, ProviderSimulator[Any, Any]] = {}  # by provider; a real provider has none

    def start(self) -> None:
        with ExitStack() as closing:
            self._start(closing)
            self._closing = closing.pop_all()

    def stop(self) -> None:
        """Stop everything within seconds, even while videos are being created."""
        self._closing.close()

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def sign_in(self, email: str = users.DEMO_EMAIL) -> str:
        """Return an access token for this user."""
        return self.users.sign_in(email)

    def not_emulated(self) -> list[str]:
        return self.resources.not_emulated()

    @property
    def event_bus(self) -> "EventBus":
        return self.aws.event_bus

    def wait_until_idle(self, *, timeout_seconds: float = 120) -> None:
        """Wait for all workflows and asynchronous invocations. The TimeoutError lists those that still run."""
        if not self.aws.wait_until_idle(timeout_seconds=timeout_seconds):
            raise TimeoutError(f"still running: {', '.join(self.aws.running())}")

    def wait_until(self, is_true: Callable[[], bool], *, timeout_seconds: float = 120) -> None:
        """Check again after each invocation that is not an HTTP request. Raises TimeoutError."""
        deadline, changed = time.monotonic() + timeout_seconds, self.invoker.changed
        seen = self.invoker.ended
        while not is_true():
            with changed:
                if not changed.wait_for(lambda: self.invoker.ended > seen, deadline - time.monotonic()):  # noqa: B023
                    raise TimeoutError("timed out, and no function has ended since the last check")
                seen = self.invoker.ended

    def describe(self) -> dict[str, Any]:
        """Return the URLs, ids and names that scripts need; `run` writes them to .keepreel/stack.json."""
        return {
            "page": self.url,
            "api": self.url,
            "aws_endpoint": self.aws_endpoint,
            "region": REGION,
            "user_pool_id": self.users.user_pool_id,
            "client_id": self.users.client_id,
            "cognito_endpoint": self.aws_endpoint,
            "event_bus": self._event_bus_name(),
            "functions": {it.folder: it.name for it in self._functions},
            "providers": {name: {"base_url": url} for name, url in self.providers.base_urls.items()},
            "demo_user": {"email": users.DEMO_EMAIL, "password": users.PASSWORD},
        }

    def _start(self, closing: ExitStack) -> None:
        if not _one_stack.acquire(blocking=False):
            raise RuntimeError("this process already runs a stack")
        closing.callback(_one_stack.release)
        closing.enter_context(environment.restored_afterwards())
        host.listen_on(host.EVERYWHERE if self._listens_everywhere else host.LOOPBACK)
        closing.callback(host.listen_on, host.LOOPBACK)
        environment.isolate_from_aws()
        # The port first, because a port in use is the most common problem that the user has to fix.
        server = Server(self._serve, port=self._port)
        closing.callback(server.stop)
        self.url = server.url
        self._on_stage("AWS services")
        self._start_aws(closing)
        self._on_stage("providers")
        self._start_providers(closing)
        self._on_stage("tables, bucket and state machine")
        self._create_resources(public_host=f"{host.name()}:{server.port}")
        if not self._only_resources:
            self._on_stage("functions")
            self._start_functions(closing)
            server.start()
            # Registered last, so it runs first: stop requests, then simulators and schedules, then AWS.
            closing.callback(server.stop)

    def _start_aws(self, closing: ExitStack) -> None:
        # Imported late: moto takes seconds to import, and opens a session with the AWS settings of that moment.
        from local.aws.moto_imports import import_without_ec2

        import_without_ec2()
        from local.aws.moto_server import MotoServer

        self.aws = MotoServer()
        closing.callback(self.aws.stop)
        self.aws.start()
        self.aws_endpoint = self.aws.endpoint

    def _start_providers(self, closing: ExitStack) -> None:
        self.providers = Providers()
        if self._only_resources:
            return
        self.providers.simulate(self._simulator_settings, closing=closing)
        self.simulators = self.providers.simulators
        # While AWS and the simulators still respond, because functions retry while AWS does not respond.
        closing.callback(self.aws.quiesce)

    def _create_resources(self, *, public_host: str) -> None:
        self.template = Template(self._path, parameters=self._parameters(), stack_name=STACK_NAME)
        self.resources = Resources(self.template, public_host=public_host, secrets=self._secrets())
        self.resources.create()
        self._functions = lambda_functions.functions(self.template, self.resources)
        variables = lambda_functions.shared_environment(self._functions)
        self.variables = variables  # of every function
        environment.set_function_variables(variables, in_process=not self._worker_processes)
        self._create_users()

    def _secrets(self) -> dict[str, dict[str, str]]:
        """Return the secrets that the template only names: the providers' keys, and a test certificate that signs."""
        name = self.template.parameters.get("ContentCredentialsSecretName")
        signing = {name: test_certificate.stored(self._certificate)} if name else {}
        return {**self.providers.secrets, **signing}

    def _create_users(self) -> None:
        (client,) = self.template.of_type("AWS::Cognito::UserPoolClient")
        self.users = UserPool(
            user_pool_id=self.resources.resolve(client.properties["UserPoolId"]),
            client_id=self.resources.attribute(client.logical_id, "Ref"),
        )
        self.jwks_url = self.aws.publish_signing_key(self.users.user_pool_id)
        self.users.add_user(users.DEMO_EMAIL)
        self.users.add_user(users.OTHER_EMAIL)

    def _start_functions(self, closing: ExitStack) -> None:
        from local.aws import event_bus

        cold_start.reset_caches()
        http_functions = lambda_functions.http_functions(self.template)
        runner = runners.chosen(self._has_functions, self._worker_processes)(http_functions=http_functions)
        self.invoker = Invoker(self._functions, http_functions=http_functions, runner=runner)
        closing.callback(self.invoker.stop, timeout_seconds=0)
        self.invoker.load()
        self.aws.set_functions(self.invoker, rules=event_bus.rules(self.template, self.resources))
        self._gateway = Gateway(
            routes.api(self.template, self.resources),
            invoker=self.invoker,
            media=MediaFiles(self.resources.attribute("MediaBucket", "Ref")),
            jwks_url=self.jwks_url,
        )
        if self._has_schedules and self._has_functions:
            found = scheduler.schedules(self.template, self.resources)
            schedules = Scheduler(found, async_invoker=self.aws.async_invoker)
            schedules.start()
            closing.callback(schedules.stop)

    def _parameters(self) -> dict[str, str]:
        """Return the local values of the template's parameters, overridden by the given ones."""
        declared = Template.parameter_names(self._path)
        defaults = {
            "Stage": "local",
            "AwsEndpointUrl": self.aws_endpoint,
            "OnlyThroughCdn": "no",
            **dict.fromkeys(("PublicUrl", "PageOrigin"), self.url),
            "ContentCredentials": "sign",
            "DemoUser": f"{users.DEMO_EMAIL}:{users.PASSWORD}",
            **self.providers.parameters,
        }
        return {**{name: value for name, value in defaults.items() if name in declared}, **self._given_parameters}

    def _event_bus_name(self) -> str:
        buses = self.template.of_type("AWS::Events::EventBus")
        return next((str(self.resources.attribute(it.logical_id, "Ref")) for it in buses), "default")

    def _serve(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self._gateway(environ, start_response)
