"""`python -m tests.recognizer.quick_courier`: `manage.py deliver_webhooks` that looks ten times a second."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from recognizer import courier  # noqa: E402

if __name__ == "__main__":
    courier.POLL_SECONDS = 0.1
    call_command("deliver_webhooks")
