"""What Prometheus asks for: this host's web requests, and what all workers counted."""

import ipaddress
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from hmac import compare_digest

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import RedisError

# The library chooses when it is imported: in this folder all web processes of a host add up.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.METRICS_DIR)
settings.METRICS_DIR.mkdir(parents=True, exist_ok=True)

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

from recognizer import dispatch, tallies  # noqa: E402
from recognizer.models import Status, Submission  # noqa: E402
from recognizer.outbox import DeliveryStatus, WebhookDelivery  # noqa: E402

REQUESTS = Counter("digits_http_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram(
    "digits_http_request_seconds",
    "Time to the answer.",
    ["view"],
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
REFUSALS = Counter("digits_refusals", "Requests refused, by the problem's code.", ["code"])
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
# Name, what it means, labels: what `tallies` counts.
TALLIES = {
    "predictions": ("Submissions finished, by outcome and model.", ["outcome", "model"]),
    "attempts": ("Submissions taken up by a worker; more than finished ones means that some had to be repeated.", []),
    "swept": ("Submissions that the sweeper published again.", []),
    "sweeps": ("Times that the sweeper looked.", []),
}


class MetricsMiddleware:
    """Counts every request and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        view = (request.resolver_match and request.resolver_match.view_name) or "none"
        method = request.method if request.method in METHODS else "other"
        count_request(view, method, response.status_code, time.perf_counter() - began)
        return response


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    """One request was answered."""
    SECONDS.labels(view).observe(seconds)
    REQUESTS.labels(view, method, str(status)).inc()


class SharedCollector(Collector):
    """What is the same wherever it is asked: the queue, and what the workers counted."""

    def collect(self) -> Iterator[Metric]:
        """Leaves out what Redis or the database does not tell: a gap is better than a wrong number."""
        with suppress(RedisError):
            yield GaugeMetricFamily("digits_queue_tasks", "Tasks that wait for a worker.", dispatch.queue_length())
            if swept_at := dispatch.last_sweep():
                yield GaugeMetricFamily("digits_last_sweep_timestamp_seconds", "When the sweeper looked.", swept_at)
            yield from self._tallies()
        with suppress(DatabaseError):
            yield from self._queue()

    def _tallies(self) -> Iterator[Metric]:
        stored = {str(field, "utf-8"): int(value) for field, value in tallies.stored(dispatch.redis_client())}
        for name, (meaning, labels) in TALLIES.items():
            family = CounterMetricFamily(f"digits_{name}", meaning, labels=labels)
            for field, value in stored.items():
                counted, *values = field.split("|")
                if counted == name and len(values) == len(labels):
                    family.add_metric(values, value)
            yield family

    def _queue(self) -> Iterator[Metric]:
        queued = Submission.objects.filter(status=Status.QUEUED)
        oldest = queued.order_by().aggregate(oldest=Min("created_at"))["oldest"]
        age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("digits_queue_submissions", "Submissions not yet read.", queued.count())
        yield GaugeMetricFamily("digits_queue_age_seconds", "How long the oldest of them waits.", max(0.0, age))
        waiting = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING).count()
        yield GaugeMetricFamily("digits_webhook_deliveries_waiting", "Webhook deliveries not yet ended.", waiting)


def may_see(request: HttpRequest) -> bool:
    """Whoever knows METRICS_TOKEN; without one this machine itself, unless it speaks for somebody behind a proxy."""
    if settings.METRICS_TOKEN:
        said = request.headers.get("Authorization", "").encode()
        return compare_digest(said, f"Bearer {settings.METRICS_TOKEN}".encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"))
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback and not forwarded
    except ValueError:
        return False


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """`/metrics`, as if it were not there for those who may not see it."""
    if not may_see(request):
        raise Http404
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(SharedCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
