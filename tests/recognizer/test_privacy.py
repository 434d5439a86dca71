"""Metadata is not kept; what is old, or asked for, goes with all that hangs on it."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from recognizer import metadata, privacy, review, services, tasks
from recognizer.models import Feedback, Prediction, Reservation, Review, Status, Submission
from tests import factories
from tests.pictures import drawing, encoded
from tests.processes import Process

SECRET = b"51 deg 30' N"


def tagged(image_format: str) -> bytes:
    """A picture of a 7 that says where and by whom it was taken, in every way its format knows."""
    exif = Image.Exif()
    exif[0x010F] = "Acme Camera"
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    options: dict[str, Any] = {"exif": exif.tobytes()}
    if image_format == "JPEG":
        options["comment"] = SECRET
    if image_format == "WEBP":
        options["xmp"] = SECRET
    return encoded(drawing("7"), image_format, **options)


def aged(days: float, **fields: Any) -> Submission:
    """A submission that came in so long ago."""
    row = factories.read("7", **fields)
    Submission.objects.filter(id=row.id).update(created_at=timezone.now() - timedelta(days=days))
    return row


def with_everything(**fields: Any) -> Submission:
    """A submission with reading, feedback, a decision taken back, and a reservation."""
    row, rita = factories.read("7", **fields), User.objects.get_or_create(username="rita")[0]
    services.give_feedback(submission=row, label="1", client="ada")
    services.set_label(submission=row, label="7", reviewer=rita)
    review.undo(reviewer=rita)
    return row


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_read_picture_holds_no_metadata(worker: Process, image_format: str) -> None:
    sent = tagged(image_format)
    assert SECRET in sent

    row = services.read(submission=services.submit(image=sent, channel="api"))

    row.refresh_from_db()
    stored = bytes(row.image)
    assert row.status == Status.DONE
    assert SECRET not in stored
    with Image.open(io.BytesIO(stored)) as picture:
        assert not picture.getexif()
        assert not {"exif", "comment", "xmp"} & set(picture.info)


def test_a_picture_that_cannot_be_read_holds_none_either(worker: Process) -> None:
    sent = tagged("JPEG")
    row = services.submit(image=sent[: len(sent) // 2], channel="api")

    services.read(submission=row)

    row.refresh_from_db()
    assert row.status == Status.FAILED
    assert SECRET not in bytes(row.image)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_stripping_leaves_the_pixels_as_they_were(image_format: str) -> None:
    sent = tagged(image_format)

    stripped = metadata.strip(sent)

    assert SECRET not in stripped
    assert len(stripped) < len(sent)
    with Image.open(io.BytesIO(sent)) as before, Image.open(io.BytesIO(stripped)) as after:
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
        assert not after.getexif()


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_stripping_a_cut_picture_never_fails_and_never_leaks(image_format: str) -> None:
    sent = tagged(image_format)

    for length in range(0, len(sent), 7):
        assert SECRET not in metadata.strip(sent[:length])


def test_stripping_what_is_no_picture_leaves_nothing() -> None:
    assert metadata.strip(b"GPS " + SECRET) == b""


def test_erasing_takes_all_that_hangs_on_it(db: None) -> None:
    row, other = with_everything(), with_everything()

    assert privacy.erase(submission_ids=[row.id]) == 1

    for model in (Prediction, Feedback, Review, Reservation):
        assert set(model.objects.values_list("submission", flat=True)) <= {other.id}
        assert model.objects.exists()
    assert list(Submission.objects.all()) == [other]


def test_erasing_a_client_takes_their_hints_on_others_too(db: None) -> None:
    with_everything(client="ada", channel="telegram")
    others = with_everything(client="bob", channel="telegram")
    assert others.feedback.count() == 1

    assert privacy.erase_client(client="ada") == (1, 1)

    assert list(Submission.objects.all()) == [others]
    assert not Feedback.objects.exists()


def test_erasing_a_client_of_one_channel_leaves_namesakes(db: None) -> None:
    factories.read("7", client="42", channel="telegram")
    namesake = factories.read("7", client="42", channel="api")

    assert privacy.erase_client(client="42", channel="telegram")[0] == 1

    assert list(Submission.objects.all()) == [namesake]


def test_nobody_in_particular_cannot_be_erased(db: None) -> None:
    factories.read("7")

    with pytest.raises(ValueError, match="nobody in particular"):
        privacy.erase_client(client="")
    assert Submission.objects.count() == 1


def test_the_command_erases_one_or_a_client(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    one, _ = factories.read("7"), factories.read("7", client="ada")

    call_command("erase", id=str(one.id))
    call_command("erase", "--client", "ada")

    assert not Submission.objects.exists()
    assert "Erased 1 submission, and 0 of" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No submission has this id"):
        call_command("erase", f"--id={one.id}")
    with pytest.raises(CommandError, match="nobody in particular"):
        call_command("erase", "--client", "")


def test_old_unreviewed_ones_go_and_reviewed_ones_stay(db: None, settings: Any) -> None:
    settings.RETENTION_DAYS = 30
    old, young, reviewed = aged(31), aged(29), aged(31)
    services.set_label(submission=reviewed, label="7", reviewer=factories.reviewer())

    tasks.purge()

    assert set(Submission.objects.all()) == {young, reviewed}
    assert not Prediction.objects.filter(submission=old.id).exists()


def test_nothing_goes_when_retention_is_switched_off(db: None, settings: Any) -> None:
    settings.RETENTION_DAYS = 0
    aged(10_000)

    tasks.purge()

    assert Submission.objects.count() == 1


def test_many_go_a_few_at_a_time(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RETENTION_DAYS = 30
    monkeypatch.setattr(privacy, "CHUNK", 2)
    for _ in range(3):
        aged(31)

    assert [privacy.purge(), privacy.purge(), privacy.purge()] == [2, 1, 0]


def test_the_command_says_what_it_would_do_and_does_it(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    aged(31)

    call_command("purge", days=30, dry_run=True)
    assert "1 submissions are older" in capsys.readouterr().out
    assert Submission.objects.count() == 1

    call_command("purge", days=30)
    assert "Erased 1" in capsys.readouterr().out
    assert not Submission.objects.exists()


def test_the_command_erases_nothing_at_age_0_and_blames_no_setting(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    aged(31)

    call_command("purge", days=0)

    said = capsys.readouterr().out
    assert "Nothing expires" in said
    assert "RETENTION_DAYS" not in said, "which is 90"
    assert Submission.objects.count() == 1


def test_purging_is_scheduled(settings: Any) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {tasks.purge.name, tasks.summarise.name} <= scheduled


def test_deleting_in_the_admin_erases(db: None, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    first, second = with_everything(), with_everything()

    client.post(reverse("admin:recognizer_submission_delete", args=[first.id]), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [str(second.id)], "post": "yes"}
    client.post(reverse("admin:recognizer_submission_changelist"), chosen)

    for model in (Submission, Prediction, Feedback, Review, Reservation):
        assert not model.objects.exists()
