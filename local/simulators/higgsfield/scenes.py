"""The scene of a request: its first frame, or a gradient, in the size that the model delivers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from PIL import Image

from local.simulators.higgsfield.codes import ApiError
from local.simulators.higgsfield.models import VideoRequest
from local.simulators.higgsfield.uploads import Uploads
from local.simulators.video import scenes
from local.simulators.video.encoder_pool import Scene

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_ADAPTIVE = {None, "auto", "adaptive"}
_DOP_RATIOS = ((16, 9), (1, 1), (9, 16))


@dataclass(frozen=True, kw_only=True)
class Film:
    """A valid request, its scene, and the size that the vendor delivers and charges for; the scene may be smaller."""

    video: VideoRequest
    size: tuple[int, int]
    scene: Scene


def film(video: VideoRequest, *, short_side: int | None, uploads: Uploads) -> Film:
    """`short_side` replaces the one of the model. Raises ApiError 400 for an uploaded image that is unusable."""
    images = {name: (url, _uploaded(name, url, uploads=uploads)) for name, url in video.image_urls.items()}
    ratio = _ratio(video, images)
    width, height = _size(ratio, short_side or video.short_side)
    scene = _scene(video, images, short_side=min(width, height))
    return Film(
        video=video,
        size=_size(ratio, video.short_side),
        scene=replace(scene, width=width, height=height, has_sound=video.has_sound),
    )


def _scene(video: VideoRequest, images: "_Images", *, short_side: int) -> Scene:
    """Return the scene in the shape of its image. The first image is the first frame."""
    for url, uploaded in images.values():
        if uploaded is None:
            return scenes.from_url(url, prompt=video.prompt, short_side=short_side, seconds=video.seconds)
        image, name = uploaded
        return scenes.from_image(image, name=name, prompt=video.prompt, short_side=short_side, seconds=video.seconds)
    return scenes.from_text(video.prompt, aspect_ratio="1:1", short_side=short_side, seconds=video.seconds)


_Images = Mapping[str, tuple[str, tuple[Image.Image, str] | None]]


def _ratio(video: VideoRequest, images: _Images) -> tuple[int, int]:
    """Return width and height of the frame, in any unit.

    The first frame decides unless the model has "adaptive" as one of several choices. Reference images do not decide.
    """
    asked, first = video.values.get("aspect_ratio"), next(iter(images), None)
    choices = video.model.fields["aspect_ratio"].values if asked else ()
    is_frame = first is not None and not first.startswith("image_urls")
    if first is not None and (asked in _ADAPTIVE or (is_frame and not _ADAPTIVE & {*choices})):
        uploaded = images[first][1]
        size = uploaded[0].size if uploaded else (1, 1)
        return _nearest(size) if video.model.path.startswith("higgsfield-ai/dop/") else size
    if asked in _ADAPTIVE:
        return 16, 9
    width, height = str(asked).split(":")
    return int(width), int(height)


def _nearest(size: tuple[int, int]) -> tuple[int, int]:
    """DoP delivers 1280x720 or a square, whatever the shape of the image."""
    return min(_DOP_RATIOS, key=lambda ratio: abs(math.log(size[0] / size[1] * ratio[1] / ratio[0])))


def _size(ratio: tuple[int, int], short_side: int) -> tuple[int, int]:
    """Return width and height, both even, as the encoder requires."""
    scale = short_side / min(ratio)
    return round(ratio[0] * scale / 2) * 2, round(ratio[1] * scale / 2) * 2


def _uploaded(field: str, url: str, *, uploads: Uploads) -> tuple[Image.Image, str] | None:
    """Return the image and a name that is unique to it, or None for an image elsewhere, which is never downloaded."""
    if not uploads.hosts(url):
        return None
    data = uploads.file(url)
    if data is None:
        raise ApiError(400, f"{field} can not be read: nothing was uploaded there")
    try:
        return scenes.open_image(data, formats=_FORMATS), sha256(data).hexdigest()
    except scenes.UnreadableImage as unreadable:
        raise ApiError(400, f"{field} can not be read: {unreadable}") from None
