"""One attempt to tell a receiver: the request, and what its outcome means for the next attempt."""

import asyncio
import json
import random
import ssl
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from recognizer import destinations, signing
from recognizer.outbox import DeliveryStatus, Problem, WebhookDelivery
from recognizer.serializers import answer

USER_AGENT = "digits-webhooks/1"
LONGEST_WAIT_SECONDS = 8 * 3600.0
GROWTH = 4
# So that what failed together does not come back together.
JITTER = (0.75, 1.25)
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, all of it known before: no query while a receiver makes us wait."""

    delivery_id: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: `problem` is a Problem or "", `wait` what the receiver asked for (seconds)."""

    problem: str = ""
    response_status: int | None = None
    wait: float | None = None


def compose(delivery: WebhookDelivery) -> Message:
    """The signed request for a delivery.

    Raises:
        signing.LostSecretError: the endpoint needs a new secret.
    """
    message_id, now = str(delivery.id), timezone.now()
    body = json.dumps(
        {
            "type": delivery.event,
            "id": message_id,
            "timestamp": delivery.created_at.isoformat(),
            "data": answer(delivery.submission, includes=[]) if delivery.submission else {},
        },
        ensure_ascii=False,
    ).encode()
    timestamp = int(now.timestamp())
    signatures = (
        signing.signature(secret, message_id=message_id, timestamp=timestamp, body=body)
        for secret in delivery.endpoint.secrets()
    )
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
    return Message(message_id, delivery.endpoint.url, headers, body)


async def send(message: Message) -> Outcome:
    """One attempt, WEBHOOK_TIMEOUT_SECONDS long at most, whatever the receiver does."""
    try:
        async with asyncio.timeout(settings.WEBHOOK_TIMEOUT_SECONDS):
            url = destinations.parse(message.url)
            return await _try_addresses(url, await destinations.resolve(url), message)
    except TimeoutError:
        return Outcome(Problem.TIMEOUT)
    except destinations.BadUrlError:
        return Outcome(Problem.BAD_URL)
    except destinations.InternalError:
        return Outcome(Problem.INTERNAL)
    except destinations.UnresolvedError:
        return Outcome(Problem.UNRESOLVED)
    except httpx.HTTPError as error:
        return Outcome(Problem.TLS if _is_about_tls(error) else Problem.UNREACHABLE)


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _try_addresses(url: httpx.URL, addresses: list[destinations.Address], message: Message) -> Outcome:
    for address in addresses[:-1]:
        try:
            return await _post(url, address, message)
        except httpx.ConnectError:
            continue
    return await _post(url, addresses[-1], message)


async def _post(url: httpx.URL, address: destinations.Address, message: Message) -> Outcome:
    """Send it to this address, which was checked, in the name of the URL's host; read no more than the head."""
    headers = message.headers | {"Host": url.netloc.decode()}
    # A client of its own each time: no cookie and no connection is carried from one receiver to another.
    async with httpx.AsyncClient(
        verify=trust(), trust_env=False, follow_redirects=False, timeout=settings.WEBHOOK_TIMEOUT_SECONDS
    ) as client:
        request = client.build_request(
            "POST",
            url.copy_with(host=str(address)),
            headers=headers,
            content=message.body,
            extensions={"sni_hostname": url.raw_host.decode()},
        )
        response = await client.send(request, stream=True)
        await response.aclose()
    return judge(response)


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """The authorities whose certificates count: those of the library, of this machine, and of SSL_CERT_FILE."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def judge(response: httpx.Response) -> Outcome:
    """What an answer means: 2xx is taken, everything else is not."""
    status = response.status_code
    if response.is_success:
        return Outcome(response_status=status)
    if status == HTTPStatus.GONE:
        return Outcome(Problem.GONE, status)
    if response.is_redirect:
        return Outcome(Problem.REDIRECTED, status)
    return Outcome(Problem.REFUSED, status, _asked_wait(response) if status in BUSY else None)


def _asked_wait(response: httpx.Response) -> float | None:
    said = response.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdecimal() else None


def record(delivery: WebhookDelivery, outcome: Outcome) -> None:
    """Store how this attempt ended, and when the next one is, or that there is none.

    Only a row that is still pending in this very attempt is touched: another process may have it by now.
    """
    now = timezone.now()
    over = not outcome.problem or outcome.problem == Problem.GONE or delivery.attempts >= settings.WEBHOOK_ATTEMPTS
    fields: dict[str, Any] = {"response_status": outcome.response_status, "problem": outcome.problem}
    if over:
        status = DeliveryStatus.GIVEN_UP if outcome.problem else DeliveryStatus.DELIVERED
        fields |= {"status": status, "finished_at": now}
    else:
        fields["due_at"] = now + pause(delivery.attempts, outcome.wait)
    mine = WebhookDelivery.objects.filter(id=delivery.id, status=DeliveryStatus.PENDING, attempts=delivery.attempts)
    mine.update(**fields)
    if outcome.problem == Problem.GONE:
        type(delivery.endpoint).objects.filter(id=delivery.endpoint_id).update(enabled=False)


def pause(attempts: int, asked: float | None = None) -> timedelta:
    """How long to wait after so many failures (1 or more), or as long as the receiver asked if that is longer."""
    grown = settings.WEBHOOK_RETRY_SECONDS * float(GROWTH) ** (attempts - 1)
    seconds = min(LONGEST_WAIT_SECONDS, max(grown, asked or 0.0))
    return timedelta(seconds=seconds * random.uniform(*JITTER))  # noqa: S311 (spreads load, guards nothing)
