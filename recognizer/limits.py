"""Rate limits: one atomic step in Redis a request, the same for all web processes and hosts."""

import ipaddress
import math
import time
from dataclasses import dataclass
from functools import lru_cache

import redis
from django.conf import settings
from django.utils.crypto import salted_hmac
from redis.commands.core import Script

from recognizer.outages import Outage

# After Redis failed, requests pass unlimited for this long before it is asked again.
PAUSE_SECONDS = 2.0
TIMEOUT_SECONDS = 0.5

# The generic cell rate algorithm (ITU-T I.371, as in redis-cell): one number a caller, the time at which its
# allowance will be whole again. It cannot be outwitted at the edge of a window, and needs no clean-up.
SCRIPT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local count, period, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local each = period / count
local whole = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local after = whole + each * cost
local room = now + period - after
if room < -0.000001 then
  return {0, math.floor((now + period - whole) / each + 0.000001), tostring(whole - now), tostring(-room)}
end
redis.call('SET', KEYS[1], string.format('%.6f', after), 'PX', math.ceil((after - now) * 1000))
return {1, math.floor(room / each + 0.000001), tostring(after - now), '0'}
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds; all of them may come at once."""

    count: int
    seconds: int

    def times(self, factor: int) -> "Rate":
        """The same for something that many times as cheap."""
        return Rate(self.count * factor, self.seconds)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left. `reset` and `retry_after` in seconds; `retry_after` 0 unless refused."""

    name: str
    rate: Rate
    allowed: bool
    remaining: int
    reset: float
    retry_after: float

    @property
    def headers(self) -> dict[str, str]:
        """The fields of the IETF draft, and the three that came before it, which more clients know."""
        reset = math.ceil(self.reset)
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.rate.count};w={self.rate.seconds}',
            "RateLimit": f'"{self.name}";r={self.remaining};t={reset}',
            "RateLimit-Limit": str(self.rate.count),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(reset),
        }


class Limiter:
    """Asks Redis; lets requests pass when Redis is away, because refusing all of them would be worse."""

    def __init__(self) -> None:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )
        self._spend: Script = client.register_script(SCRIPT)
        self._resume_at = 0.0
        self._outage = Outage("Rate limits are off. Look after Redis")

    def spend(self, *, name: str, caller: str, rate: Rate, cost: int) -> Allowance | None:
        """Take `cost` from the caller's allowance; None when Redis cannot say."""
        if time.monotonic() < self._resume_at:
            return None
        key = f"{settings.REDIS_KEY_PREFIX}limit:{name}:{caller}"
        try:
            answer = self._spend(keys=[key], args=[rate.count, rate.seconds, cost])
        except redis.RedisError as error:
            self._resume_at = time.monotonic() + PAUSE_SECONDS
            self._outage.seen(error)
            return None
        self._outage.over()
        allowed, remaining, reset, retry_after = answer
        return Allowance(name, rate, bool(allowed), int(remaining), float(reset), float(retry_after))


@lru_cache(maxsize=1)
def limiter() -> Limiter:
    """This process's limiter."""
    return Limiter()


@lru_cache(maxsize=4096)
def address_key(address: str) -> str:
    """A caller without a token: one IPv4 address or one IPv6 /64, hashed, because addresses are personal data."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        network = str(ipaddress.ip_network(f"{ip}/{64 if ip.version == 6 else 32}", strict=False))
    return salted_hmac("recognizer.limits", network, algorithm="sha256").hexdigest()[:32]
