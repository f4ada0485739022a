"""Check the uploaded images of a request before anything is spent. External images are never fetched."""

from keepreel.errors import BadImage, FieldError, InvalidInput
from keepreel.media import uploads
from keepreel.videos.spec import VideoSpec

_MAX_SHAPE_DIFFERENCE = 0.02  # of width divided by height


def check_images(spec: VideoSpec) -> None:
    """Raise InvalidInput with an error for each upload that cannot be used."""
    sizes, errors = {}, []
    for pointer, image in _uploads(spec).items():
        try:
            sizes[pointer] = _checked_size(spec, image, is_frame=not pointer.startswith("/reference"))
        except BadImage as error:
            errors.append(FieldError(pointer, str(error)))
    errors += _shape_violations(sizes)
    if errors:
        detail = errors[0].detail if len(errors) == 1 else "Some images cannot be used."
        raise InvalidInput(detail, code="invalid_image", errors=tuple(errors))


def _uploads(spec: VideoSpec) -> dict[str, str]:
    """Return the uploads by the pointer to their field."""
    references = spec.options.reference_images
    given = {
        "/source_image": spec.source_image,
        "/end_image": spec.options.end_image,
        **{f"/reference_images/{index}": image for index, image in enumerate(references)},
    }
    return {pointer: image for pointer, image in given.items() if image and uploads.is_upload(image)}


def _checked_size(spec: VideoSpec, image: str, *, is_frame: bool) -> tuple[int, int]:
    """Return the width and height in pixels. A frame must fit once it is cropped. Raises BadImage."""
    from keepreel.media import images  # loads Pillow, which only a request with an upload needs

    limits = spec.model.limits
    content = uploads.read(owner=spec.payer, source_image=image, is_new_use=True)
    images.check(
        content,
        aspect_ratio=spec.format.aspect_ratio if is_frame else None,
        min_side=limits.min_image_side,
        min_ratio=limits.min_image_ratio,
        max_ratio=limits.max_image_ratio,
    )
    return images.size(content)


def _shape_violations(sizes: dict[str, tuple[int, int]]) -> list[FieldError]:
    """Return an error if the end image has another shape: a provider would squeeze it or refuse it."""
    if not {"/source_image", "/end_image"} <= sizes.keys():
        return []
    (width, height), (end_width, end_height) = sizes["/source_image"], sizes["/end_image"]
    ratio, end_ratio = width / height, end_width / end_height
    if abs(end_ratio / ratio - 1) <= _MAX_SHAPE_DIFFERENCE:
        return []
    detail = (
        f"The end image has another shape ({end_width} × {end_height}) than the source image ({width} × {height}). "
        f"Crop it to the same shape, for example to {_same_shape(end_width, end_height, ratio)}."
    )
    return [FieldError("/end_image", detail)]


def _same_shape(width: int, height: int, ratio: float) -> str:
    """Return the largest size of this ratio within the image."""
    return f"{min(width, round(height * ratio))} × {min(height, round(width / ratio))}"
