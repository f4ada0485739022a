"""What may be sent to the API, and what is said when something else was."""

import json
from dataclasses import replace
from typing import Any

import pytest

from keepreel import catalog, inputs
from keepreel.errors import FieldError, InvalidInput
from keepreel.inputs import ChosenVideo, VideoRequest


def refused(**fields: Any) -> InvalidInput:
    body = {"prompt": "a warm smile", **fields}
    with pytest.raises(InvalidInput) as caught:
        inputs.resolve(inputs.parse(VideoRequest, json.dumps(body).encode()))
    return caught.value


def test_what_is_left_out_takes_the_models_first_choice() -> None:
    model, request = inputs.resolve(inputs.parse(VideoRequest, b'{"prompt": " a warm smile\\n"}'))

    assert model.id == "kling-v2-1"
    assert request == ChosenVideo(
        prompt="a warm smile", duration_seconds=5, aspect_ratio="1:1", resolution="720p", model="kling-v2-1"
    )


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"prompt": ""}, ["/prompt"]),
        ({"prompt": " \n "}, ["/prompt"]),
        ({"prompt": "a" * 2501}, ["/prompt"]),
        ({"prompt": "bell\x07"}, ["/prompt"]),
        ({"prompt": None}, ["/prompt"]),
        ({"prompt": 7}, ["/prompt"]),
        ({"colour": "red"}, ["/colour"]),
        ({"a/b~c": 1}, ["/a~1b~0c"]),
        ({"duration_seconds": 6}, ["/duration_seconds"]),
        ({"duration_seconds": "5"}, ["/duration_seconds"]),
        ({"duration_seconds": True}, ["/duration_seconds"]),
        ({"aspect_ratio": "4:3"}, ["/aspect_ratio"]),
        ({"aspect_ratio": "", "resolution": ""}, ["/aspect_ratio", "/resolution"]),
        ({"resolution": "8k", "duration_seconds": 0}, ["/duration_seconds", "/resolution"]),
        ({"source_image": "http://example.com/a.jpg"}, ["/source_image"]),
        ({"source_image": "https://10.0.0.1/a.jpg"}, ["/source_image"]),
        ({"source_image": "upload:../../other"}, ["/source_image"]),
        ({"source_image": ""}, ["/source_image"]),
        ({"model": "kling-3.0", "negative_prompt": "blur"}, ["/negative_prompt"]),
    ],
)
def test_bad_input_names_its_field(fields: dict[str, Any], pointers: list[str]) -> None:
    error = refused(**fields)

    assert [field.pointer for field in error.errors] == pointers
    assert all(field.detail for field in error.errors)


def test_line_ends_of_any_kind_are_one() -> None:
    assert inputs.parse(VideoRequest, b'{"prompt": "a\\r\\nb\\rc"}').prompt == "a\nb\nc"


def test_a_retired_model_is_no_longer_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    retired = {id: replace(model, retired=id == "kling-3.0") for id, model in catalog.models().items()}
    monkeypatch.setattr(catalog, "models", lambda: retired)

    assert refused(model="kling-3.0").code == "model_unavailable"


def test_an_unknown_model_names_those_that_work() -> None:
    error = refused(model="sora-9")

    assert error.code == "model_unavailable"
    assert error.errors == (
        FieldError("/model", "There is no such model. These work: kling-v2-1, kling-2.5-turbo, kling-3.0."),
    )


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b'{"prompt": "a"} and more'])
def test_a_body_that_is_no_json_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        inputs.parse(VideoRequest, body)

    assert caught.value.code == "invalid_json"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        inputs.parse(VideoRequest, body)


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\nb"])
def test_an_idempotency_key_is_short_visible_ascii(key: str) -> None:
    with pytest.raises(InvalidInput):
        inputs.idempotency_key(key)


def test_a_page_query_takes_what_it_knows() -> None:
    assert inputs.page_query(None).limit == 20
    assert inputs.page_query({"limit": "100", "cursor": "abc"}).model_dump() == {"limit": 100, "cursor": "abc"}


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "ten"}, {"page": "2"}])
def test_a_page_query_names_what_is_wrong(query: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        inputs.page_query(query)

    assert [field.pointer for field in caught.value.errors] == [f"/{name}" for name in query]
