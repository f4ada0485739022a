"""Shots of a video: written in the prompt for the tasks API, a list for the legacy API."""

import re
from collections.abc import Sequence

from local.simulators.kling.codes import ApiError
from local.simulators.kling.fields import Fields, text
from local.simulators.kling.wanted import NumberedShot, Shot

_MAX_SHOTS, _MAX_CHARS = 6, 512
_SHOT = re.compile(r"\s*shot\s+(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(.+?)\s*", re.IGNORECASE | re.DOTALL)


def of_prompt(prompt: str, *, seconds: int) -> tuple[Shot, ...]:
    """Return the shots of a prompt "shot n, m, words; shot n, m, words;", or none if it is a plain prompt.

    A prompt that begins like a list of shots must be one.
    """
    parts = [part for part in prompt.split(";") if part.strip()]
    if not parts or not _SHOT.fullmatch(parts[0]):
        return ()
    found = [_SHOT.fullmatch(part) for part in parts]
    if any(match is None for match in found):
        raise ApiError(1201, "prompt is invalid: each shot must be written as 'shot n, m, words;'")
    numbered = [(int(match[1]), Shot(prompt=match[3], seconds=int(match[2]))) for match in found if match]
    return checked(numbered, seconds=seconds)


def of_list(items: list[Fields]) -> tuple[NumberedShot, ...]:
    """Return the shots of a legacy `multi_prompt`: objects with index, prompt and duration, a string."""
    return tuple((_index(item), _shot(item)) for item in items)


def checked(numbered: Sequence[NumberedShot], *, seconds: int) -> tuple[Shot, ...]:
    """Return the shots. Raises ApiError unless there are at most six, numbered from 1, that fill the duration."""
    shots = tuple(shot for _, shot in numbered)
    if not 1 <= len(shots) <= _MAX_SHOTS:
        raise ApiError(1201, f"multi_shot needs 1 to {_MAX_SHOTS} shots")
    if [number for number, _ in numbered] != list(range(1, len(shots) + 1)):
        raise ApiError(1201, "the shots must be numbered from 1")
    if any(shot.seconds < 1 for shot in shots):
        raise ApiError(1201, "each shot needs at least 1 second")
    if any(len(shot.prompt) > _MAX_CHARS for shot in shots):
        raise ApiError(1201, f"the prompt of a shot is too long: at most {_MAX_CHARS} characters")
    if sum(shot.seconds for shot in shots) != seconds:
        raise ApiError(1201, f"the durations of the shots must add up to {seconds}")
    return shots


def _index(item: Fields) -> int:
    index = item.get("index")
    if isinstance(index, bool) or not isinstance(index, int):
        raise ApiError(1201, "multi_prompt.index is invalid")
    return index


def _shot(item: Fields) -> Shot:
    duration = item.get("duration")
    if not isinstance(duration, str) or not re.fullmatch(r"[0-9]{1,3}", duration):
        raise ApiError(1201, "multi_prompt.duration is invalid")
    prompt = text(item.get("prompt"), name="multi_prompt.prompt", limit=10**6, required=True)
    return Shot(prompt=prompt, seconds=int(duration))
