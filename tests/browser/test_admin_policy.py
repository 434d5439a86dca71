"""Every page of the admin in a real browser, under the policy that forbids inline scripts and styles."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from recognizer import registry
from recognizer.models import WebhookDelivery
from recognizer.outbox import announce
from recognizer.tokens import create_token
from recognizer.webhooks import create_webhook
from tests import factories
from tests.browser.conftest import NewContext

# What the browser itself reports, also where no message reaches the console.
LISTEN = """
addEventListener("securitypolicyviolation", (event) =>
    console.error(`${event.violatedDirective} forbids ${event.blockedURI} on ${location.pathname}`));
"""
OWN_PAGES = ["admin:recognizer_submission_review", "admin:recognizer_submission_dashboard"]


def something_of_everything(owner: User) -> None:
    """A row for every page that shows one, so far as the admin's tables have any."""
    registry.adopt_shipped()
    Group.objects.get_or_create(name="Reviewers")
    create_token(owner=owner, name="scanner")
    endpoint, _ = create_webhook(owner=owner, url="https://hooks.example.org/", name="mine")
    for row in (factories.read("407", client=endpoint.client), factories.read("7", reason="ambiguous")):
        announce([row])
    WebhookDelivery.objects.update(status="given_up", problem="refused", finished_at=timezone.now())


def addresses() -> Iterator[str]:
    """The pages of every registered model, and those that no model has."""
    yield from (reverse("admin:index"), reverse("admin:password_change"))
    for model, options in admin.site._registry.items():
        meta = model._meta
        yield reverse("admin:app_list", args=[meta.app_label])
        names = {url.name for url in options.urls if url.name}
        row: Model | None = model._default_manager.order_by("-pk").first()
        for name in sorted(names):
            page = name.removeprefix(f"{meta.app_label}_{meta.model_name}_")
            if page in ("change", "delete", "history") and row is not None:
                yield reverse(f"admin:{name}", args=[row.pk])
            elif page in ("changelist", "add"):
                yield reverse(f"admin:{name}")
    yield reverse("admin:auth_user_password_change", args=[User.objects.get().pk])
    yield from map(reverse, OWN_PAGES)


@pytest.fixture
def signed_in(django_db_serialized_rollback: None, new_context: NewContext) -> Page:
    """A superuser's browser, signed in by the form."""
    User.objects.create_superuser("root", password="a long password")
    context = new_context()
    context.add_init_script(LISTEN)
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    return page


def test_no_page_of_the_admin_breaks_the_policy(signed_in: Page) -> None:
    something_of_everything(User.objects.get())
    seen: dict[str, int] = {}

    for address in dict.fromkeys(addresses()):
        answer = signed_in.goto(address)
        assert answer is not None
        signed_in.wait_for_load_state("networkidle")
        seen[address] = answer.status

    assert {address: status for address, status in seen.items() if status not in (200, 403, 405)} == {}
    for page in ("submission/review/", "submission/dashboard/", "webhookdelivery/", "modelversion/", "apitoken/add/"):
        assert seen[f"/admin/recognizer/{page}"] == 200


def test_what_breaks_the_policy_is_noticed(browser: Browser, live_server: LiveServer) -> None:
    with browser.new_context(base_url=live_server.url) as context:
        context.add_init_script(LISTEN)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto("/admin/login/")

        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=\"color: red\">inline</b>')")
        page.evaluate("document.body.appendChild(document.createElement('script')).textContent = '1'")
        page.wait_for_timeout(100)

    assert any("style-src" in line for line in said), said
    assert any("script-src" in line for line in said), said
