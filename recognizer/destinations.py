"""Where webhooks may go: to the world, not into this network, however a name or an address is spelled.

A name is resolved once, all its addresses are checked, and the request goes to the very address that was checked:
a name that answers differently the next time (DNS rebinding) gains nothing.
"""

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# By which IPv6-only networks reach IPv4 (RFC 6052): the last 32 bits are the address that is meant.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# All that the public internet uses of IPv6 (RFC 4291); what tunnels lead to, no one can check.
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
DEFAULT_PORTS = {"https": 443, "http": 80}


class BadUrlError(Exception):
    """No webhook can go to this URL; the sentence says why."""


class InternalError(Exception):
    """The host is, or may be, inside this network."""


class UnresolvedError(Exception):
    """The name has no address."""


def parse(url: str) -> "httpx.URL":
    """The URL of a receiver.

    Raises:
        BadUrlError: it is none, is not HTTPS (or HTTP where WEBHOOK_ALLOW_HTTP is set), or holds a password.
    """
    # Every process knows the models that this checks; only one needs the library.
    import httpx

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise BadUrlError(_("This is no URL.")) from error
    schemes = ("https", "http") if settings.WEBHOOK_ALLOW_HTTP else ("https",)
    if parsed.scheme not in schemes or not parsed.host:
        begins = " / ".join(f"{scheme}://" for scheme in schemes)
        raise BadUrlError(_("The URL must begin with %(begins)s and name a host.") % {"begins": begins})
    if not 0 < (parsed.port or DEFAULT_PORTS[parsed.scheme]) < 2**16 or set(parsed.host) & set(" \\%"):
        raise BadUrlError(_("The URL's host or port is none."))
    if parsed.userinfo or parsed.fragment:
        raise BadUrlError(_("The URL must not hold a user name, a password or a fragment (#)."))
    return parsed


def refuse_literal(url: "httpx.URL") -> None:
    """Raises InternalError when the host is written as an address, and that is one of ours."""
    try:
        address = ipaddress.ip_address(url.host)
    except ValueError:
        return
    if not allowed(address):
        raise InternalError


async def resolve(url: "httpx.URL") -> list[Address]:
    """The addresses of the host, each of them checked, in the order in which to try them.

    Raises:
        UnresolvedError: the name has none.
        InternalError: one of them is inside: a name that leads both ways is not to be trusted either way.
    """
    port = url.port or DEFAULT_PORTS[url.scheme]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnresolvedError from error
    addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    if not all(map(allowed, addresses)):
        raise InternalError
    return list(dict.fromkeys(addresses))


def allowed(address: Address) -> bool:
    """Whether a webhook may go there: anywhere public, and to WEBHOOK_ALLOWED_NETWORKS."""
    meant = _meant(address)
    if any(meant in network for network in settings.WEBHOOK_ALLOWED_NETWORKS):
        return True
    return meant.is_global and not (meant.is_multicast or meant.is_reserved) and _is_untunnelled(meant)


def _meant(address: Address) -> Address:
    """The IPv4 address in an IPv6 one that stands for it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _is_untunnelled(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return True
    return address in GLOBAL_UNICAST and address.sixtofour is None and address.teredo is None
