"""Lists by cursor: a page stays where it was, however much is added before it."""

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

MAX_PAGE_SIZE = 200


class NewestFirst(CursorPagination):
    """The newest first; the cursor is opaque."""

    ordering = ("-created_at", "-id")
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE

    def get_page_size(self, request: Request) -> int:
        """The size asked for.

        Raises:
            rest_framework.exceptions.ValidationError: it is no number from 1 to MAX_PAGE_SIZE.
        """
        asked = request.query_params.get("page_size", str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) <= MAX_PAGE_SIZE):
            raise ValidationError({"page_size": [f"Say a number from 1 to {MAX_PAGE_SIZE}."]})
        return int(asked)
