"""Images of a job: one upload may be a cropped frame and an uncropped reference."""

from keepreel.workflow import job_images
from tests.factories import record

UPLOAD = f"upload:{'a' * 32}"


def test_upload_that_is_a_frame_and_a_reference_is_hosted_twice() -> None:
    video = record("user#1", source_image=UPLOAD, options={"reference_images": [UPLOAD]})
    video.hosted_image_url = "https://images.example.com/cropped.jpg"

    image = job_images.not_hosted(video)

    assert image is not None
    assert (image.source, image.is_frame) == (UPLOAD, False)
