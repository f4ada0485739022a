"""Adding a prompt template needs one file and nothing else."""

import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from keepreel.prompts import templates
from local.stack import Stack
from tests.api_client import ApiClient

PAPER_LANTERNS = '''
version = 3
name = "Paper lanterns"
category = "celebration"
description = "Lanterns rise over a dark lake."

[variables.place]
label = "Place"
longest = 40
required = true
example = "a mountain lake"

[wording]
text = """
Paper lanterns rise slowly over $place.
The camera tilts up with them and comes to rest on the stars.
"""
'''


@pytest.fixture
def _with_one_more_file(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package's templates with one file added."""
    with resources.as_file(resources.files("keepreel")) as package:
        shutil.copytree(package / "prompt_templates", tmp_path / "prompt_templates")
        shutil.copy(package / "models/catalog.toml", tmp_path)
    (tmp_path / "prompt_templates" / "paper-lanterns.toml").write_text(PAPER_LANTERNS)
    monkeypatch.setattr(resources, "files", lambda _package: tmp_path)
    templates.load_all.cache_clear()
    yield
    monkeypatch.undo()
    templates.load_all.cache_clear()


@pytest.mark.usefixtures("_with_one_more_file")
def test_new_template_file_is_listed_checked_and_used(user: ApiClient) -> None:
    listed = {it["id"]: it for it in user.send("GET", "/v1/templates").json()["templates"]}
    refused = user.create_video(prompt=None, template="paper-lanterns")
    created = user.create_video(
        prompt=None, template="paper-lanterns", variables={"place": "a mountain lake"}, model="kling-3.0"
    ).json()

    assert (listed["paper-lanterns"]["version"], listed["paper-lanterns"]["flows"]) == (3, ["text"])
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/variables/place"]
    finished = user.follow(created["id"])
    assert (finished["status"], finished["template"]) == ("completed", {"id": "paper-lanterns", "version": 3})
    assert finished["final_prompt"] == (
        "Paper lanterns rise slowly over a mountain lake. The camera tilts up with them and comes to rest on the stars."
    )
