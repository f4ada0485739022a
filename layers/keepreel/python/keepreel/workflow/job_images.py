"""Images of a provider job: each upload read, checked and prepared, or its URL at the provider."""

from collections.abc import Iterator
from dataclasses import dataclass

from keepreel.db.tables import Video
from keepreel.media import uploads
from keepreel.models import catalog
from keepreel.models.options import Options

_MAX_REFERENCE_BYTES = 10_000_000  # several are in one request


@dataclass(frozen=True, kw_only=True)
class JobImage:
    """One image of a video: the first frame, the last frame or a reference.

    `key` names it in `hosted_images`. `source` is an upload, a URL in the request, or the URL at the provider.
    """

    key: str
    source: str
    is_frame: bool

    @property
    def is_upload(self) -> bool:
        return uploads.is_upload(self.source)


def source_image(video: Video) -> JobImage | None:
    return _image(video, video.source_image, is_frame=True)


def end_image(video: Video) -> JobImage | None:
    return _image(video, Options.from_json(video.options).end_image, is_frame=True)


def reference_images(video: Video) -> list[JobImage]:
    images = (_image(video, it, is_frame=False) for it in Options.from_json(video.options).reference_images)
    return [it for it in images if it is not None]


def not_hosted(video: Video) -> JobImage | None:
    """Return the first upload without a URL at the provider."""
    return next((it for it in _all(video) if it.is_upload), None)


def content(video: Video, image: JobImage | None) -> bytes | str | None:
    """Return an upload's content, or the URL of any other image, which is never fetched. Raises BadImage."""
    if image is None:
        return None
    return prepared(video, image) if image.is_upload else image.source


def prepared(video: Video, image: JobImage) -> bytes:
    """Return an upload's content, converted and reduced for the provider. Raises BadImage.

    A frame is cropped to the requested aspect ratio, because the provider takes the video's aspect ratio from it.
    """
    from keepreel.media import images  # Pillow: only a submit with an image pays for the import

    limits = catalog.models()[video.model].limits
    return images.crop(
        uploads.read(owner=video.payer, source_image=image.source),
        aspect_ratio=video.aspect_ratio if image.is_frame else None,
        min_side=limits.min_image_side,
        min_ratio=limits.min_image_ratio,
        max_ratio=limits.max_image_ratio,
        max_bytes=limits.max_image_bytes if image.is_frame else min(limits.max_image_bytes, _MAX_REFERENCE_BYTES),
        formats=limits.image_formats,
    )


def _all(video: Video) -> Iterator[JobImage]:
    yield from (it for it in (source_image(video), end_image(video)) if it is not None)
    yield from reference_images(video)


def _image(video: Video, source: str | None, *, is_frame: bool) -> JobImage | None:
    if source is None:
        return None
    key = source if is_frame else f"{source} uncropped"  # one upload may be a frame and a reference
    hosted = video.hosted_image_url if key == video.source_image else (video.hosted_images or {}).get(key)
    return JobImage(key=key, source=hosted or source, is_frame=is_frame)
