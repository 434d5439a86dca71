"""Who calls, as far as proxies can be believed, and a header that Django does not set itself."""

import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
UNIX_SOCKET = "unix"


class TrustedProxyMiddleware:
    """Puts the client's own address into REMOTE_ADDR, and drops what strangers say about HTTPS."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.unix_socket = UNIX_SOCKET in settings.TRUSTED_PROXIES
        try:
            self.networks: list[Network] = [
                ipaddress.ip_network(name, strict=False) for name in settings.TRUSTED_PROXIES if name != UNIX_SOCKET
            ]
        except ValueError as error:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES takes addresses, networks or {UNIX_SOCKET}: {error}"
            ) from error

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        self.settle(request.META)
        return self.get_response(request)

    def settle(self, meta: dict[str, Any]) -> None:
        """Put who calls into a request's META."""
        peer = meta.get("REMOTE_ADDR", "")
        if self.trusts(peer):
            meta["REMOTE_ADDR"] = self.client(peer, meta.get("HTTP_X_FORWARDED_FOR", ""))
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)

    def trusts(self, address: str) -> bool:
        """Whether this is one of our proxies; a unix socket's peer has no address."""
        if not address:
            return self.unix_socket
        if not self.networks or (ip := _parse(address)) is None:
            return False
        return any(ip in network for network in self.networks)

    def client(self, peer: str, forwarded_for: str) -> str:
        """The nearest address that is not ours: what stands further left anybody may have written."""
        client = peer
        for hop in reversed([hop.strip() for hop in forwarded_for.split(",") if hop.strip()]):
            ip = _parse(hop)
            if ip is None:
                break
            client = str(ip)
            if not self.trusts(client):
                break
        return client


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, also with a port: 192.0.2.1:443, [2001:db8::1]:443."""
    host = address.removeprefix("[").partition("]")[0] if address.startswith("[") else address
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip


class PermissionsPolicyMiddleware:
    """Says what no page of this site ever needs of a browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response
