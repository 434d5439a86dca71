"""Whether the service lives and can work: for process runners, load balancers and people."""

import threading
import time

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import RedisError
from rest_framework.request import Request
from rest_framework.response import Response

from recognizer import dispatch
from recognizer import documentation as doc
from recognizer.apiview import ProgramView

READINESS_SECONDS = 2.0


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


class Readiness:
    """Looks once for all who ask at the same time: a crowd of probes must not keep threads and workers busy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = 0.0
        self._checks: dict[str, bool] = {}

    def checks(self) -> dict[str, bool]:
        """Whether each part answers, looked at after the caller asked."""
        asked = time.monotonic()
        with self._lock:
            if self._began < asked:
                self._began = time.monotonic()
                self._checks = {"database": database_answers(), "redis": redis_answers()}
                self._checks["worker"] = self._checks["redis"] and dispatch.worker_answers(timeout=READINESS_SECONDS)
            return self._checks


readiness = Readiness()


class ReadinessView(ProgramView):
    """`/readyz`"""

    @doc.readyz
    def get(self, request: Request) -> Response:
        """200 when database, Redis and a worker with a warm model answer; else 503 and which does not."""
        checks = readiness.checks()
        ready = all(checks.values())
        body = {"status": "ok" if ready else "unavailable", "checks": checks}
        return Response(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def database_answers() -> bool:
    """Whether a query is answered."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_answers() -> bool:
    """Whether Redis answers."""
    try:
        return bool(dispatch.redis_client().ping())
    except RedisError:
        return False
