"""The format of a video request, and its options: end frame, references, sound, shots, motions and others."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class VideoFormat:
    """Length, shape and resolution of a video, with the model's defaults filled in."""

    duration_seconds: int
    aspect_ratio: str
    resolution: str


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One shot of a video with several: its prompt and its length."""

    prompt: str
    duration_seconds: int


@dataclass(frozen=True, kw_only=True)
class Motion:
    """A camera motion of the provider's, by the provider's id. Its strength is 0 to 1."""

    id: str
    strength: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of one video, with the model's defaults filled in. None means that the model lacks the option.

    Images are `upload:<id>` or https URLs.
    """

    end_image: str | None = None
    reference_images: tuple[str, ...] = ()
    sound: bool | None = None
    shots: tuple[Shot, ...] = ()
    cfg_scale: float | None = None
    motions: tuple[Motion, ...] = ()
    enhance_prompt: bool | None = None
    camera_movement: str | None = None
    watermark: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the options that are set, as JSON values."""
        values = {name: value for name, value in vars(self).items() if value not in (None, (), [])}
        for name in ("shots", "motions"):
            if name in values:
                values[name] = tuple(map(asdict, values[name]))
        return values

    @staticmethod
    def from_json(stored: Mapping[str, Any] | None) -> "Options":
        """Return the options of a record. Unknown names, from a newer version, are ignored."""
        values = {name: value for name, value in (stored or {}).items() if name in _NAMES}
        return Options(
            **{
                **values,
                "reference_images": tuple(values.get("reference_images", ())),
                "shots": tuple(Shot(**shot) for shot in values.get("shots", ())),
                "motions": tuple(Motion(**motion) for motion in values.get("motions", ())),
            }
        )


_NAMES = frozenset(it.name for it in fields(Options))


def shots_text(shots: Sequence[Shot]) -> str:
    """Return shots as one text with numbers and seconds, as a provider takes it: `shot 1, 2, words; shot 2, 3, …;`.

    A semicolon ends a shot, so one in the words becomes a comma. Line breaks become blanks.
    """
    parts = [(shot.duration_seconds, " ".join(shot.prompt.replace(";", ",").split())) for shot in shots]
    return " ".join(f"shot {n}, {seconds}, {words};" for n, (seconds, words) in enumerate(parts, 1))


NO_OPTIONS = Options()
