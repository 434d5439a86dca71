"""The ORM's way off the event loop."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")


def in_database(function: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Run a function that uses the ORM on the one thread that owns this process's database connection.

    A connection that the server closed meanwhile is replaced, as Django does between two requests.
    """

    @wraps(function)
    def with_living_connection(*args: P.args, **kwargs: P.kwargs) -> R:
        close_old_connections()
        return function(*args, **kwargs)

    return sync_to_async(with_living_connection, thread_sensitive=True)
