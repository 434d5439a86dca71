"""Times the review desk's pages and the API's list on the configured database: Django's whole stack but the socket.

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
from functools import partial
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from django.test import Client

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
    "dashboard, 52 weeks": f"{LIST}dashboard/?days=364",
}
API_LIST = "/api/v1/predictions/"
LATER = 20


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


def get(client: "Client", address: str) -> bytes:
    """The page, which must be there."""
    response = client.get(address)
    assert response.status_code == 200, address
    return bytes(response.content)


def read_desk(reviewer: "Client", rounds: int) -> None:
    """Every page of the desk."""
    for name, address in PAGES.items():
        timed(name, partial(get, reviewer, address), rounds)


def read_list(program: "Client", rounds: int) -> None:
    """The API's list: its beginning, large pages, and a later page, which only the pages before it lead to."""
    later = API_LIST
    for _ in range(LATER - 1):
        later = json.loads(get(program, later))["next"] or later
    for name, address in (
        ("API list", API_LIST),
        ("API list, 200 a page", f"{API_LIST}?page_size=200"),
        (f"API list, page {LATER}", later),
    ):
        timed(name, partial(get, program, address), rounds)


def decide(reviewer: "Client", rounds: int) -> None:
    """Take what is next, label it, and take that back."""

    def post(what: str, **content: object) -> dict[str, list[dict[str, str]]]:
        response = reviewer.post(f"{LIST}review/{what}/", json.dumps(content), content_type="application/json")
        assert response.status_code == 200, response.content
        answer: dict[str, list[dict[str, str]]] = response.json()
        return answer

    timed("next pictures", lambda: post("next"), rounds)
    item = post("next")["items"][0]["id"]
    timed("decide and undo", lambda: (post("decide", id=item, label="7"), post("undo", id=item)), rounds)


def main(rounds: int) -> None:
    """Ask for every page, then decide and undo."""
    from django.contrib.auth.models import Group, User
    from django.db import connection
    from django.test import Client

    from bench.fill import OWNER
    from digitsite.run.prepare import collect_static
    from recognizer import summaries
    from recognizer.models import Reservation, Submission
    from recognizer.tokens import create_token

    # The pages' own log lines would stand between the figures.
    logging.disable(logging.INFO)
    collect_static()
    print(f"{connection.vendor}, {Submission.objects.count():,} submissions, {rounds} rounds")
    started = time.perf_counter()
    while not summaries.refresh():
        pass
    print(f"counted for the dashboard, as idle workers do: {time.perf_counter() - started:.1f} s")
    # A run that was killed may have left it.
    User.objects.filter(id=OWNER).delete()
    user = User.objects.create_user("bench-review", id=OWNER, is_staff=True)
    user.groups.add(Group.objects.get(name="Reviewers"))
    reviewer = Client(SERVER_NAME="localhost")
    reviewer.force_login(user)
    token = create_token(owner=user, name="bench")[1]
    try:
        read_desk(reviewer, rounds)
        read_list(Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {token}"}), rounds)
        decide(reviewer, rounds)
    finally:
        Reservation.objects.filter(reviewer=user).delete()
        user.delete()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    django.setup()
    main(options.rounds)
