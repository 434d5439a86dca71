"""The stored pictures, for reviewers only, and small ones for lists."""

import io

from django.http import HttpResponse
from PIL import Image

from recognizer.models import Submission

# Twice what the list shows, for sharp screens.
THUMBNAIL_SIZE = (192, 112)
SAFE_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


def full(submission: Submission) -> HttpResponse:
    """The picture as it is stored."""
    content_type = f"image/{submission.image_format.lower()}"
    return HttpResponse(bytes(submission.image), content_type=content_type, headers=SAFE_HEADERS)


def thumbnail(submission: Submission) -> HttpResponse:
    """The picture within THUMBNAIL_SIZE pixels, in the format it is stored in.

    Raises:
        OSError: the stored picture cannot be decoded.
    """
    with Image.open(io.BytesIO(submission.image), formats=["PNG", "JPEG"]) as image:
        image.thumbnail(THUMBNAIL_SIZE)
        buffer = io.BytesIO()
        image.save(buffer, image.format)
    content_type = f"image/{submission.image_format.lower()}"
    return HttpResponse(buffer.getvalue(), content_type=content_type, headers=SAFE_HEADERS)
