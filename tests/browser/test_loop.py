"""The whole loop with real parts: people draw, a reviewer corrects, a candidate learns, the worker answers by it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError
from django.test import Client
from playwright.sync_api import Page, expect

from ml.artifact import read_card
from recognizer import labels, registry, retraining
from recognizer.models import Deployment, ModelVersion, Submission
from recognizer.versions import Role, Source
from tests import factories, persian
from tests.bot_api import BotApi, User
from tests.browser.conftest import NewContext, Visit
from tests.browser.handwriting import box_of, move, on_canvas
from tests.commands import run
from tests.ml.sources import small_mnist
from tests.processes import ROOT, Process, wait_until
from tests.recognizer.models import disturbed_model, live
from tests.telegram_integration.conftest import bot_process

# Training competes with whatever else runs on the machine.
pytestmark = pytest.mark.timeout(2000)
QUICK = ("--epochs", "6", "--limit", "5000", "--pictures", "none")
PREDICTIONS = "/api/v1/predictions/"


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """A small mnist.npz."""
    return small_mnist(tmp_path)


@pytest.fixture(autouse=True)
def no_models_left(transactional_db: None) -> Iterator[None]:
    """What was learned here is for this test alone."""
    yield
    for version in ModelVersion.objects.exclude(source=Source.SHIPPED):
        version.path.unlink(missing_ok=True)


@pytest.fixture
def telegram(worker: Process, worker_env: dict[str, str], tmp_path: Path) -> Iterator[User]:
    """Somebody who talks to a running bot."""
    with BotApi() as api:
        bot = bot_process(api, tmp_path / "bot.log", env={**worker_env, "RATE_LIMIT_ENABLED": "0"})
        bot.start()
        yield api.user(901)
        bot.stop()


@dataclass
class Senders:
    """Three people, each with a channel of their own; `sent` is what they drew, by submission."""

    page: Page
    client: Client
    telegram: User
    sent: dict[UUID, str] = field(default_factory=dict)

    def by_page(self, digit: str, seed: int) -> None:
        """Draw on the sheet with the mouse, and have it read."""
        self.page.locator("#live").uncheck()
        path = [(0.3 + 0.4 * x, 0.2 + 0.56 * y) for x, y in persian.stroke(digit, seed)]
        move(self.page, on_canvas(box_of(self.page.locator("#canvas")), path))
        with self.page.expect_response(re.compile(re.escape(PREDICTIONS)), timeout=60_000) as response:
            self.page.locator("#read").click()
        self.sent[UUID(response.value.json()["id"])] = digit
        expect(self.page.locator(".figure").first).to_be_visible()
        self.page.locator("#clear").click()

    def by_api(self, digit: str, seed: int) -> None:
        """Send a file."""
        answer = self.client.post(PREDICTIONS, persian.picture(digit, seed), "image/png").json()
        self.sent[UUID(answer["id"])] = digit

    def by_telegram(self, digit: str, seed: int) -> None:
        """Send a photo, and wait for the bot's answer."""
        before = len(self.telegram.received())
        self.telegram.photo(persian.picture(digit, seed))
        self.telegram.wait_for(before + 1, timeout=60)
        newest = Submission.objects.filter(client=f"telegram:{self.telegram.id}").latest("created_at")
        self.sent[newest.id] = digit

    def send(self, seeds: range, *, files: range) -> None:
        """Each digit with each seed by page and bot, and with those of `files` by API."""
        for digit in persian.FIGURES:
            for seed in seeds:
                self.by_page(digit, seed)
                self.by_telegram(digit, seed + 1000)
            for seed in files:
                self.by_api(digit, seed + 2000)

    def read_right(self) -> float:
        """The share of what they sent that was read as what they drew; nothing is still waiting."""
        rows = Submission.objects.in_bulk(list(self.sent))
        assert len(rows) == len(self.sent) and {row.status for row in rows.values()} == {"done"}
        return sum(rows[key].answer == digit for key, digit in self.sent.items()) / len(rows)

    def read_by(self) -> set[str]:
        """The hashes of the models that answered them."""
        rows = Submission.objects.filter(id__in=list(self.sent), predictions__live=True)
        return set(rows.values_list("predictions__model_sha256", flat=True))


@pytest.fixture
def senders(visit: Visit, client: Client, telegram: User) -> Senders:
    """They, before a warm worker."""
    return Senders(visit(), client, telegram)


def review_all(page: Page, truth: dict[UUID, str]) -> None:
    """Log in as a reviewer and decide on each picture of the queue, by keyboard: accept it, or type what it shows."""
    factories.reviewer("rita", password="a long password")
    page.goto("/admin/recognizer/submission/review/")
    page.get_by_label("Username").fill("rita")
    page.get_by_label("Password").fill("a long password")
    page.keyboard.press("Enter")
    for _ in truth:
        shown = page.locator("#stage image")
        expect(shown).to_have_count(1)
        address = shown.get_attribute("href") or ""
        digit = truth[UUID(address.split("/")[-3])]
        if page.locator("#text").inner_text() != digit:
            page.keyboard.type(digit)
        page.keyboard.press("Enter")
        is_gone = "was => document.querySelector('#stage image').getAttribute('href') !== was || !empty.hidden"
        page.wait_for_function(is_gone, arg=address)
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    wait_until(lambda: not Submission.objects.filter(label=None).exists(), what="every decision to be stored")


def retrain(mnist: Path, env: dict[str, str]) -> ModelVersion:
    """`manage.py retrain --background`, as an operator starts and watches it; the candidate."""
    command = [sys.executable, "manage.py", "retrain", "--background", "--by", "omid", "--data", str(mnist), *QUICK]
    # Without the letters that this machine may have: six short epochs would only unlearn them.
    alone = {"DIGITS_STROKES": "", "DIGITS_LETTERS": ""}
    started = subprocess.run(command, cwd=ROOT, env={**os.environ, **alone, **env}, capture_output=True, text=True)
    assert "in the background" in started.stdout, started.stderr
    wait_until(lambda: "Retraining: Running. " in run("models", "list"), what="its progress")
    over = re.compile(r"Retraining: (Done|Failed|Stopped).*")
    wait_until(lambda: over.search(run("models", "list")), what="the candidate", timeout=1500)
    said = (retraining.folder() / "retrain.log").read_text()
    assert "Retraining: Done" in run("models", "list"), said
    candidate = ModelVersion.objects.get(source=Source.RETRAINED)
    assert f"To let it answer: manage.py models promote {candidate}" in said
    return candidate


def test_the_loop(
    senders: Senders, new_context: NewContext, worker: Process, worker_env: dict[str, str], mnist: Path, tmp_path: Path
) -> None:
    first, pid = live(), worker.pid

    # Drawings come by page, bot and API; the model that is live cannot know these figures.
    senders.send(range(6), files=range(13))
    assert senders.read_by() == {first.sha256}
    assert senders.read_right() < 0.8
    assert {row.channel for row in Submission.objects.all()} == {"web", "api", "telegram"}

    # A reviewer corrects them.
    review_all(new_context().new_page(), senders.sent)
    said = {row.id: (row.label, str(row.labelled_by)) for row in Submission.objects.select_related("labelled_by")}
    assert said == {key: (digit, "rita") for key, digit in senders.sent.items()}

    # A candidate learns from all but those held out, and the gate finds it worse in nothing.
    candidate = retrain(mnist, worker_env)
    card = read_card(candidate.path)
    assert {"mnist", "reviewed", "start"} <= set(card.data) and card.data["start"] == first.sha256
    assert candidate.gate is not None and candidate.gate["passed"]
    learned = next(one for one in candidate.gate["figures"] if one["name"] == "reviewed and held out, right")
    held_out = sum(labels.is_held_out(key) for key in senders.sent)
    assert learned["live"]["of"] == learned["candidate"]["of"] == held_out
    assert learned["candidate"]["share"] > learned["live"]["share"]

    # Promoted, it answers on every channel, from the same process, and gets right what nobody drew before.
    run("models", "--by", "omid", "promote", candidate.version)
    answers_by(senders.client, candidate)
    senders.sent.clear()
    senders.send(range(90, 91), files=range(90, 95))
    assert senders.read_by() == {candidate.sha256}
    assert senders.read_right() >= 0.8

    # And back.
    run("models", "rollback")
    answers_by(senders.client, first)
    assert worker.alive() and worker.pid == pid
    history = Deployment.objects.filter(role=Role.LIVE).order_by("-id")
    assert [row.model_version for row in history[:3]] == [first, candidate, first]

    # A spoiled one does not get that far, and the figure is named.
    spoiled = registry.register(disturbed_model(tmp_path, noise=3), source=Source.FILE)
    comparison = run("models", "compare", spoiled.version, "--data", str(mnist))
    assert re.search(r"Worse than the live version in .*mnist, right: \d", comparison), comparison
    with pytest.raises(CommandError, match=r"did not pass the gate\. Worse than the live .*MNIST: right \d"):
        run("models", "promote", spoiled.version)
    assert live() == first


def answers_by(client: Client, version: ModelVersion) -> None:
    """Wait until the running worker answers by this version."""

    def answering() -> str:
        model: dict[str, str] = client.post(PREDICTIONS, persian.picture("7", 0), "image/png").json()["model"]
        return model["sha256"]

    wait_until(lambda: answering() == version.sha256, what=f"{version} to answer")
