"""Errors sent to Sentry, or to what speaks its protocol; only with SENTRY_DSN."""

from django.core.exceptions import ImproperlyConfigured


def start(dsn: str) -> None:
    """Send errors from now on: no bodies, no local variables, no addresses, because those hold people's pictures.

    Raises:
        ImproperlyConfigured: the DSN is none. Its value is a secret, and not repeated.
    """
    import sentry_sdk
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(dsn=dsn, send_default_pii=False, include_local_variables=False, max_request_body_size="never")
    except BadDsn:
        raise ImproperlyConfigured("SENTRY_DSN is no DSN: it looks like https://key@host/number") from None
