"""Whatever a user chooses in the form, the server accepts the request, at the price that the form shows."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from keepreel.api.model_serializers import model_json
from keepreel.errors import InvalidInput
from keepreel.models import catalog
from keepreel.models.model import delivered
from keepreel.schemas.requests import VideoRequest
from keepreel.videos import spec
from local.paths import ROOT

_OWNER = "user#1"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_every_request_of_the_form_is_accepted_at_its_price() -> None:
    models = json.dumps({"models": [model_json(model) for model in catalog.offered().values()]})
    command = ["node", str(ROOT / "tests/page/choose-at-random.js")]
    chosen = json.loads(subprocess.run(command, input=models, capture_output=True, text=True, check=True).stdout)

    refused = [text for it in chosen if (text := _refusal(it["request"], it["usd"]))]

    assert len({it["request"]["model"] for it in chosen}) == len(catalog.offered())
    assert refused == []


def _refusal(request: dict[str, Any], usd: float) -> str | None:
    """Return why the server would refuse the request, or that it has another price; None if it accepts."""
    prompt = {} if request.get("shots") else {"prompt": "A boat"}
    given = {name: value for name, value in request.items() if value is not None}
    try:
        resolved = spec.for_user(VideoRequest.model_validate({**prompt, **given}), owner=_OWNER).resolve()
    except InvalidInput as error:
        return f"{request}: {error.errors or error}"
    cents = resolved.model.estimated_cost_cents(delivered(resolved.model, resolved.values)) * resolved.variations
    return None if cents == round(usd * 100) else f"{request}: {cents} cents, not {usd}"
