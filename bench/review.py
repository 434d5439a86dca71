"""Times the review desk's pages on the configured database, through Django's whole stack but the socket.

    DATABASE_URL=postgres://... python -m bench.fill --rows 1000000
    DATABASE_URL=postgres://... python -m bench.review

Each page is asked for several times by a reviewer who is made for this and removed again; decisions are undone.
"""

import argparse
import json
import logging
import os
import statistics
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
LIST = "/admin/recognizer/submission/"
PAGES = {
    "list": LIST,
    "list, page 20": f"{LIST}?p=20",
    "list, channel": f"{LIST}?channel__exact=telegram",
    "list, refused": f"{LIST}?outcome=refused",
    "list, failed": f"{LIST}?status__exact=failed",
    "list, reviewed": f"{LIST}?reviewed=yes",
    "list, telegram and refused": f"{LIST}?channel__exact=telegram&outcome=refused",
    "search, common number": f"{LIST}?q=7",
    "search, rare number": f"{LIST}?q=40712",
    "search, client": f"{LIST}?q=client-77",
    "queue": f"{LIST}review/",
    "dashboard, 30 days": f"{LIST}dashboard/",
    "dashboard, 365 days": f"{LIST}dashboard/?days=365",
}


def timed(name: str, ask: Callable[[], object], rounds: int) -> None:
    """Print the median and the 95th percentile of so many calls in milliseconds; the first one apart."""
    took = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        ask()
        took.append((time.perf_counter() - started) * 1000)
    first, rest = took[0], sorted(took[1:])
    p95 = rest[min(len(rest) - 1, int(len(rest) * 0.95))]
    print(f"{name:27} first {first:7.0f} ms   p50 {statistics.median(rest):6.0f} ms   p95 {p95:6.0f} ms", flush=True)


def main(rounds: int) -> None:
    """Ask for every page, then decide and undo."""
    from django.contrib.auth.models import Group, User
    from django.db import connection
    from django.test import Client

    from recognizer import summaries
    from recognizer.models import Reservation, Submission

    # The pages' own log lines would stand between the figures.
    logging.disable(logging.INFO)
    rows = Submission.objects.count()
    print(f"{connection.vendor}, {rows:,} submissions, {rounds} rounds")
    timed("counting all days", summaries.refresh, 1)
    user = User.objects.create_user("bench-review", is_staff=True)
    user.groups.add(Group.objects.get(name="Reviewers"))
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)

    def get(address: str) -> None:
        assert client.get(address).status_code == 200, address

    def post(what: str, **content: object) -> dict[str, list[dict[str, str]]]:
        response = client.post(f"{LIST}review/{what}/", json.dumps(content), content_type="application/json")
        assert response.status_code == 200, response.content
        answer: dict[str, list[dict[str, str]]] = response.json()
        return answer

    try:
        for name, address in PAGES.items():
            timed(name, lambda address=address: get(address), rounds)  # type: ignore[misc]
        timed("next pictures", lambda: post("next"), rounds)
        item = post("next")["items"][0]["id"]
        timed("decide and undo", lambda: (post("decide", id=item, label="7"), post("undo", id=item)), rounds)
    finally:
        Reservation.objects.filter(reviewer=user).delete()
        user.delete()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    django.setup()
    main(options.rounds)
