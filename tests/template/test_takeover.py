"""A restore drill: a new stack takes over what an earlier one left, by parameters alone."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
from werkzeug.test import Client

from local.api import routes
from local.api.gateway import Gateway
from local.api.media_files import MediaFiles
from local.aws import cold_start, lambda_functions
from local.aws.lambda_invoker import Invoker
from local.aws.resources import Resources
from local.aws.template import Template, TemplateError
from local.aws.users import UserPool
from local.paths import ROOT
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.api_client import ApiClient
from tests.template.as_deployed import read

STORES = ("VideosTable", "RequestsTable", "CommunitiesTable", "SharesTable", "MediaBucket", "UserPool")
PUBLIC_URL = "https://restored.example.com"


class SecondStack:
    """A stack of another stage on the same AWS, without a server."""

    def __init__(self, first: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        existing = {f"Existing{name}": str(first.resources.attribute(name, "Ref")) for name in STORES}
        given = {"Stage": "restored", "PublicUrl": PUBLIC_URL, "OnlyThroughCdn": "no"}
        parameters = {**given, **existing, "ExistingSecrets": "keepreel/local"}
        template = Template(ROOT / "template.yaml", parameters=parameters, stack_name="keepreel-restored")
        self.resources = Resources(template, public_host="restored.example.com", secrets={})
        self.resources.create()
        functions = lambda_functions.functions(template, self.resources)
        self.variables = lambda_functions.shared_environment(functions)
        for name in self.variables.keys() - {"AWS_ENDPOINT_URL"}:
            monkeypatch.setenv(name, self.variables[name])
        cold_start.reset_caches()
        names = lambda_functions.http_functions(template)
        invoker = Invoker(functions, http_functions=names)
        invoker.load()
        gateway = Gateway(
            routes.api(template, self.resources),
            invoker=invoker,
            media=MediaFiles(self.variables["MEDIA_BUCKET"]),
            jwks_url=first.jwks_url,
        )
        self.http = Client(gateway)
        client_id = str(self.resources.attribute("UserPoolClient", "Ref"))
        self.users = UserPool(user_pool_id=self.variables["USER_POOL_ID"], client_id=client_id)


@pytest.fixture
def left_behind(stack: Stack, kling: KlingSimulator) -> dict[str, Any]:
    """Return a video that the first stack has stored, with its bytes, a share link and its owner's email address."""
    email = f"{uuid4().hex}@example.com"
    stack.users.add_user(email)
    user = ApiClient(url=stack.url, token=stack.sign_in(email), wait_until=stack.wait_until)
    video = user.follow(user.create_video(key="restore").json()["id"])
    content = requests.get(video["video_url"], timeout=60).content
    link = user.send("POST", video["links"]["share"]).json()["url"]
    return {**video, "content": content, "link": link, "email": email}


@pytest.fixture
def second(left_behind: dict[str, Any], stack: Stack) -> Iterator[SecondStack]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield SecondStack(stack, monkeypatch)
    cold_start.reset_caches()


def test_new_stack_takes_over_users_videos_files_and_links(
    left_behind: dict[str, Any], second: SecondStack, stack: Stack
) -> None:
    token = second.users.sign_in(left_behind["email"])
    found = second.http.get(f"/v1/videos/{left_behind['id']}", headers={"Authorization": f"Bearer {token}"})
    path = left_behind["video_url"].removeprefix(stack.url)
    shared = second.http.get(left_behind["link"].removeprefix(stack.url))

    assert second.users.client_id != stack.users.client_id
    video: Any = found.json
    assert (found.status_code, video["status"]) == (200, "completed")
    assert video["video_url"] == PUBLIC_URL + path
    assert second.http.get(path).data == left_behind["content"]
    assert shared.status_code == 200
    assert path in shared.text


def test_what_the_new_stack_took_over_is_not_created_again() -> None:
    parameters = {f"Existing{name}": "us-east-1_old" if name == "UserPool" else "old" for name in STORES}
    restored = read(**parameters, ExistingSecrets="keepreel/prod")

    assert restored.names & {*STORES, "SigningKey", "CdnSecret"} == set()
    assert restored.variables["SIGNING_SECRET_NAME"] == "keepreel/prod/signing"
    assert restored.variables["CDN_KEY"] == "{{resolve:secretsmanager:keepreel/prod/cdn:SecretString:key}}"
    assert restored.properties("VideosTableArn")["Value"].endswith(":table/old")
    assert restored.properties("MediaBucketPolicy")["Bucket"] == "old"
    origins = {it["Id"]: it["DomainName"] for it in restored.distribution["Origins"]}
    assert origins["media"] == "old.s3.us-east-1.amazonaws.com"


def test_shares_are_not_taken_over_without_the_key_that_signed_their_links() -> None:
    with pytest.raises(TemplateError, match="set ExistingSecrets"):
        read(ExistingSharesTable="old")


def test_one_restored_table_can_replace_that_of_a_running_stack() -> None:
    restored = read(ExistingVideosTable="videos-restored")

    assert restored.variables["VIDEOS_TABLE"] == "videos-restored"
    assert restored.variables["REQUESTS_TABLE"] == "<RequestsTable.Ref>"
    assert "VideosTable" not in restored.names
