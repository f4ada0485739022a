"""Communities over HTTP, and the models and templates to choose from."""

from typing import Any
from uuid import uuid4

import pytest
import requests

from keepreel.models import catalog
from keepreel.prompts import templates
from tests.api_client import ApiClient
from tests.functions.test_create_video import problem

TOKEN = {"token_name": "Golden Hour", "token_symbol": "GLOW"}


def test_creator_of_a_community_owns_it(user: ApiClient, picture: bytes) -> None:
    id = uuid4().hex
    fields = {
        "name": "Golden Hour Studio",
        "agent_name": "Sophia",
        "agent_instructions": "You plan shoots.\nYou choose light.",
        "avatar": user.upload(picture),
        **TOKEN,
    }

    created = user.send("PUT", f"/v1/communities/{id}", json=fields)

    community = created.json()
    assert (created.status_code, created.headers["Location"]) == (201, f"/v1/communities/{id}")
    assert {name: community[name] for name in fields} == fields
    assert requests.get(community["avatar_url"], timeout=60).content == picture
    assert user.send("GET", f"/v1/communities/{id}").json()["id"] == id


def test_put_replaces_a_community_and_keeps_its_creation_time(user: ApiClient) -> None:
    id = uuid4().hex
    first = user.send("PUT", f"/v1/communities/{id}", json={"name": "One", "agent_name": "Sophia"}).json()

    again = user.send("PUT", f"/v1/communities/{id}", json={"name": "Two"})

    assert again.status_code == 200
    assert (again.json()["name"], again.json()["agent_name"]) == ("Two", None)
    assert again.json()["created_at"] == first["created_at"]


def test_another_users_community_is_not_found(user: ApiClient, other_user: ApiClient) -> None:
    id = uuid4().hex
    videos = user.put_community(id)
    attempts = [
        ("GET", f"/v1/communities/{id}", None),
        ("PUT", f"/v1/communities/{id}", {"name": "Mine now"}),
        ("GET", f"/v1/communities/{id}/prompt?type=intro", None),
        ("GET", videos, None),
        ("POST", videos, {"type": "custom", "prompt": "a smile", "model": "kling-3.0"}),
        ("POST", videos, {"type": "nonsense"}),
        ("GET", f"{videos}/{uuid4()}", None),
        ("GET", f"{videos}/{uuid4()}/download", None),
    ]

    responses = [other_user.send(method, path, json=body) for method, path, body in attempts]

    assert [(it.status_code, problem(it)["code"]) for it in responses] == [(404, "not_found")] * 8
    assert user.send("GET", f"/v1/communities/{id}").json()["name"] == "Sophia's friends"


@pytest.mark.parametrize("id", ["..%2Fother", "a%20b", "x" * 65, "-a", "%00", "c%23d"])
def test_invalid_community_id_is_refused(id: str, user: ApiClient) -> None:
    assert user.send("GET", f"/v1/communities/{id}").status_code == 404
    assert user.send("PUT", f"/v1/communities/{id}", json={"name": "A"}).status_code in (400, 404)


def test_list_pages_through_the_users_own_communities(user: ApiClient, other_user: ApiClient) -> None:
    ids = sorted(uuid4().hex for _ in range(3))
    for id in ids:
        user.put_community(id)
    other_user.put_community(uuid4().hex)

    first = user.send("GET", "/v1/communities?limit=2").json()
    rest = user.send("GET", f"/v1/communities?limit=2&cursor={first['next_cursor']}").json()

    assert [it["id"] for it in first["communities"] + rest["communities"]] == ids
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"name": ""}, ["/name"]),
        ({"name": "x" * 101}, ["/name"]),
        ({"name": "two\nlines"}, ["/name"]),
        ({"name": "turned \u202e round"}, ["/name"]),
        ({"name": "\u200b"}, ["/name"]),
        ({"name": "\u2800"}, ["/name"]),
        ({"name": "soft\u00adhyphen"}, ["/name"]),
        ({"agent_instructions": "x\u202ey"}, ["/agent_instructions"]),
        ({"agent_instructions": "bell\x07"}, ["/agent_instructions"]),
        ({"agent_instructions": "x" * 2501}, ["/agent_instructions"]),
        ({"token_symbol": "x" * 17}, ["/token_symbol"]),
        ({"token_symbol": "G\tO"}, ["/token_symbol"]),
        ({"avatar": "https://example.com/a.jpg"}, ["/avatar"]),
        ({"avatar": "upload:" + "0" * 32}, ["/avatar"]),
        ({"owner_id": "user#someone"}, ["/owner_id"]),
        ({"name": None}, ["/name"]),
    ],
)
def test_invalid_field_of_a_community_is_named(fields: dict[str, Any], pointers: list[str], user: ApiClient) -> None:
    id = uuid4().hex

    response = user.send("PUT", f"/v1/communities/{id}", json={"name": "A", **fields})

    assert response.status_code == 400
    assert [error["pointer"] for error in problem(response)["errors"]] == pointers
    assert not [
        error for error in problem(response)["errors"] if "value" in error["detail"].lower()
    ]  # pydantic's wording
    assert user.send("GET", f"/v1/communities/{id}").status_code == 404


def test_avatar_must_be_the_users_own_upload(user: ApiClient, other_user: ApiClient, picture: bytes) -> None:
    theirs = other_user.upload(picture)

    response = user.send("PUT", f"/v1/communities/{uuid4().hex}", json={"name": "A", "avatar": theirs})

    assert (response.status_code, problem(response)["code"]) == (400, "invalid_image")


def test_prompt_preview_creates_nothing(user: ApiClient, picture: bytes) -> None:
    id = uuid4().hex
    user.put_community(id, agent_name="Sophia", avatar=user.upload(picture), **TOKEN)

    preview = user.send("GET", f"/v1/communities/{id}/prompt?type=token_reveal").json()
    created = user.create_bot_video(f"/v1/communities/{id}/videos", type="token_reveal").json()

    assert preview["template"] == {"id": "token-reveal", "version": templates.load_all()["token-reveal"].version}
    assert "GLOW" in preview["final_prompt"]
    assert preview["final_prompt"] == created["final_prompt"]


def test_preview_equals_the_prompt_of_the_video(user: ApiClient, picture: bytes) -> None:
    id, image = uuid4().hex, user.upload(picture)
    videos = user.put_community(id, agent_name="Sophia")

    preview = user.send("GET", f"/v1/communities/{id}/prompt?type=intro&source_image={image}").json()
    created = user.create_bot_video(videos, type="intro", source_image=image).json()

    shown = ("final_prompt", "model", "source_image_url")
    assert {name: preview[name] for name in shown} == {name: created[name] for name in shown}


@pytest.mark.parametrize(
    "query", ["", "?type=custom", "?type=birthday", "?type=intro&model=sora-9", "?type=intro&color=red"]
)
def test_invalid_preview_is_refused(query: str, user: ApiClient) -> None:
    id = uuid4().hex
    user.put_community(id)

    assert user.send("GET", f"/v1/communities/{id}/prompt{query}").status_code == 400


def test_models_match_the_catalog(user: ApiClient) -> None:
    models = user.send("GET", "/v1/models").json()["models"]

    assert [it["id"] for it in models] == list(catalog.offered())
    assert {it["id"]: it["default_for"] for it in models if it["default_for"]} == {
        "kling-2.5-turbo": ["user", "bot_without_image"],
        "higgsfield/realistic-vision-v5": ["bot"],
    }
    described = {"options", "rules", "prices", "delivers", "successor"}  # see test_models.py
    assert {name: value for name, value in models[0].items() if name not in described} == {
        "id": "kling-2.5-turbo",
        "name": "Kling 2.5 Turbo",
        "provider": "kling",
        "flows": ["image", "text"],
        "duration_seconds": [5, 10],
        "aspect_ratios": ["1:1", "16:9", "9:16"],
        "resolutions": ["720p", "1080p"],
        "takes_negative_prompt": False,
        "takes_seed": False,
        "limits": {
            "max_prompt_chars": 2500,
            "max_prompt_chars_from_image": None,
            "min_seed": 1,
            "max_seed": None,
            "max_image_bytes": 50_000_000,
            "min_image_side": 300,
            "image_formats": ["JPEG", "PNG"],
            "min_image_ratio": 0.4,
            "max_image_ratio": 2.5,
        },
        "usd_per_second": {"720p": 0.042, "1080p": 0.07},
        "price_verified_at": "2026-09-20",
        "usual_seconds": {"fastest": 40, "usually": 80},
        "default_for": ["user", "bot_without_image"],
        "notes": "",
    }


def test_templates_match_the_files(user: ApiClient) -> None:
    listed = user.send("GET", "/v1/templates").json()["templates"]

    assert [it["id"] for it in listed] == list(templates.load_all())
    assert [it["type"] for it in listed if it["type"]] == ["intro", "promo", "token_reveal"]
    assert len([it for it in listed if not it["type"]]) >= 12
