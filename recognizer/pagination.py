"""Lists by cursor: a page stays where it was, however much is added before it."""

from rest_framework.pagination import CursorPagination

MAX_PAGE_SIZE = 200


class NewestFirst(CursorPagination):
    """The newest first; the cursor is opaque."""

    ordering = ("-created_at", "-id")
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
