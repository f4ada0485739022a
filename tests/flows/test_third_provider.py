"""A third provider: registry and catalog rows are enough for the API, the workflow and storage to use it."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import boto3
import pytest
import requests

from keepreel.models import catalog
from keepreel.models.model import Limits, Model, Option, Price
from keepreel.providers import registry
from keepreel.providers.registry import ProviderInfo
from tests.api_client import ApiClient
from tests.flows.acme.simulator import KEY, AcmeSimulator

PROMPT = "a warm smile"


@pytest.fixture
def acme(user: ApiClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[AcmeSimulator]:
    """Register the provider, its model and its secret; start its simulator."""
    secret_name = f"keepreel/test/{uuid4()}"
    boto3.client("secretsmanager").create_secret(Name=secret_name, SecretString=f'{{"key": "{KEY}"}}')
    with AcmeSimulator() as simulator:
        provider = ProviderInfo(
            module="tests.flows.acme.adapter",
            title="Acme Video",
            can_cancel=True,
            find_by_resend=False,
            uploads_images=False,
            base_url=lambda: simulator.base_url,
            secret_name=lambda: secret_name,
            file_retention=timedelta(days=7),
        )
        model = Model(
            id="acme-1",
            name="Acme 1",
            provider="acme",
            provider_model="one",
            flows=("text",),
            durations=(5,),
            aspect_ratios=("1:1",),
            resolutions=("720p",),
            usual_seconds=(1, 2),
            prices=(Price(usd_per_second=0.01),),
            options={"seed": Option()},
            limits=Limits(max_prompt_chars=40, max_seed=99, max_image_bytes=1_000_000, min_image_side=600),
        )
        monkeypatch.setitem(registry.PROVIDERS, "acme", provider)
        monkeypatch.setitem(catalog.models(), "acme-1", model)
        yield simulator


def test_video_of_a_third_provider_is_stored(acme: AcmeSimulator, user: ApiClient) -> None:
    created = user.create_video(prompt=PROMPT, model="acme-1", seed=99, variations=2)
    videos = [user.follow(it["id"]) for it in created.json()["videos"]]

    assert created.status_code == 202, created.text
    assert [(it["status"], it["provider"], it["cost"]["estimated_usd"]) for it in videos] == [
        ("completed", "acme", 0.05)
    ] * 2
    sent = {it["reference"]: (it["model"], it["text"], it["seed"]) for it in acme.orders.values()}
    assert sent == {videos[0]["id"]: ("one", PROMPT, 99), videos[1]["id"]: ("one", PROMPT, 1)}
    stored = requests.get(videos[0]["video_url"], timeout=60).content
    assert sha256(stored).hexdigest() == videos[0]["sha256"]


def test_lost_response_of_a_third_provider_is_looked_up(acme: AcmeSimulator, user: ApiClient) -> None:
    acme.lose_next_response = True

    video = user.follow(user.create_video(prompt=PROMPT, model="acme-1").json()["id"])

    assert (video["status"], len(acme.orders)) == ("completed", 1)


def test_models_of_a_third_provider_are_listed(acme: AcmeSimulator, user: ApiClient) -> None:
    models = user.send("GET", "/v1/models").json()["models"]

    assert [it["provider"] for it in models if it["id"] == "acme-1"] == ["acme"]


@pytest.mark.parametrize(
    ("fields", "pointer", "detail"),
    [
        ({"prompt": "x" * 41}, "/prompt", "Acme 1 accepts at most 40 characters."),
        ({"prompt": PROMPT, "seed": 100}, "/seed", "Acme 1 accepts seeds from 1 to 99."),
    ],
)
def test_limits_of_a_third_provider_are_checked(
    acme: AcmeSimulator, user: ApiClient, fields: dict[str, Any], pointer: str, detail: str
) -> None:
    response = user.create_video(model="acme-1", **fields)

    assert response.status_code == 400
    assert response.json()["errors"] == [{"pointer": pointer, "detail": detail}]
    assert acme.orders == {}
