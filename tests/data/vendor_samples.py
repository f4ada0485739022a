"""The samples of the providers' APIs in `vendor_samples/`, with their method, endpoint, status and headers."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("vendor_samples")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One body. `number` is the prefix of the file's name; `about` is the sample's entry in index.json."""

    number: int
    name: str
    content: bytes
    about: dict[str, Any]

    @property
    def body(self) -> Any:
        return json.loads(self.content)


@cache
def samples() -> tuple[Sample, ...]:
    """Return all samples, in the order of their numbers."""
    index = json.loads((_FOLDER / "index.json").read_bytes())
    return tuple(
        Sample(
            number=int(about["file"][:3]),
            name=about["file"].removesuffix(".json"),
            content=(_FOLDER / about["file"]).read_bytes(),
            about=about,
        )
        for about in index["samples"]
    )


def sample(number: int) -> Sample:
    return next(it for it in samples() if it.number == number)
