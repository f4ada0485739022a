"""What a create request asks for, in the same words for both APIs, and the video that follows from it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PIL import Image

from local.simulators.video.encoder_pool import Scene


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image that was sent, or only its URL, because a URL is never downloaded. `about` is its record for tests."""

    name: str
    image: Image.Image | None
    about: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shot:
    prompt: str
    seconds: int


NumberedShot = tuple[int, Shot]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A create request as sent. None means that the field was left out."""

    prompt: object = None
    negative_prompt: object = None
    resolution: str | None = None
    duration: int | None = None
    aspect_ratio: object = None
    sound: str | None = None  # off, native or original
    multi_shot: bool | None = None
    shots: tuple[NumberedShot, ...] | None = None  # of the legacy API; the tasks API has them in the prompt
    first_frame: Picture | None = None
    last_frame: Picture | None = None
    references: tuple[Picture, ...] = ()
    elements: int = 0
    voices: int = 0
    base_video: str | None = None  # URLs
    feature_video: str | None = None
    motion_video: str | None = None
    cfg_scale: object = None
    external_id: str | None = None
    callback_url: str | None = None
    watermark: bool = False

    @property
    def has_video(self) -> bool:
        return any(it is not None for it in (self.base_video, self.feature_video, self.motion_video))


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The settings of a video after the defaults of the model."""

    prompt: str
    resolution: str
    seconds: int
    aspect_ratio: str | None  # None: the shape of the image
    sound: str
    multi_shot: bool
    shots: tuple[Shot, ...]
    video_input: bool
    voice: bool
    usd: Decimal
    watermark: bool


@dataclass(frozen=True, kw_only=True)
class VideoRequest:
    api: str
    kind: str  # from the path: image2video, text-to-video, …
    model: str
    external_id: str | None
    callback_url: str | None
    choices: Choices
    body: dict[str, Any]  # as received, with a hash instead of an image
    scene: Scene
    watermarked: Scene | None = None
