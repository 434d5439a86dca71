"""Learning from what reviewers said: a candidate is trained from the live version and must pass the gate."""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from recognizer import labels, registry, serving
from recognizer.models import Submission
from recognizer.registry import RegistryError
from recognizer.versions import ModelVersion, Retraining, Role, Source, State

if TYPE_CHECKING:
    from ml.data import LabelledImages
    from ml.gate import LabelledPicture, Verdict

HEARTBEAT_SECONDS = 20.0
SCRIBBLES = 400
# Not the seed of any that are learned.
SCRIBBLES_SEED = 20_000


@dataclass(frozen=True, slots=True)
class Options:
    """What to learn from and for how long: files, epochs, examples in each, a key of `ml.examples.PICTURES`."""

    data: Path | None = None
    strokes: Path | None = None
    letters: Path | None = None
    epochs: int = 3
    limit: int = 20_000
    pictures: str = "few"


def folder() -> Path:
    """Where trainings keep their checkpoints and the pictures they made."""
    return Path(settings.MODELS_DIR) / "retraining"


def retrain(options: Options, *, by: str, report: Callable[[str], None]) -> Retraining:
    """Train a candidate, compare it with the live version, and register it, whether it passed or not.

    What was killed goes on from its last finished epoch, as long as options, labels and live version are the same.

    Args:
        options: what to learn from.
        by: who wants it.
        report: is told in a sentence how far it is.

    Raises:
        RegistryError: another training runs, or no live version can be used.
        ml.data.DataError: a file is missing or damaged.
    """
    run = _begin(by)

    def tell(sentence: str) -> None:
        run.say(sentence)
        report(sentence)

    try:
        with _heartbeat(run):
            candidate = _make_candidate(options, tell)
    except BaseException as error:
        run.say(f"Broke off: {error or type(error).__name__}", state=State.FAILED)
        raise
    assert candidate.gate is not None, "just compared"
    run.say(f"{candidate}: {candidate.gate['sentence']}", state=State.DONE, candidate=candidate)
    return run


def _begin(by: str) -> Retraining:
    """One at a time; one that nobody hears of any more makes room."""
    for other in Retraining.objects.filter(state=State.RUNNING):
        if other.is_silent:
            other.say(f"Stopped. {other.progress}", state=State.FAILED)
    try:
        with transaction.atomic():
            return Retraining.objects.create(by=by, progress="Looks at the data.")
    except IntegrityError as error:
        raise RegistryError("Another retraining runs: see `manage.py models list`.") from error


@contextmanager
def _heartbeat(run: Retraining) -> Iterator[None]:
    """Tell the database now and then that this process lives, whatever it is busy with."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(HEARTBEAT_SECONDS):
            Retraining.objects.filter(id=run.id).update(heard_at=timezone.now())
        connection.close()

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _make_candidate(options: Options, tell: Callable[[str], None]) -> ModelVersion:
    from ml import finetuning
    from ml.artifact import OUTPUTS, save_artifact
    from ml.data import DataFiles

    live = _live()
    card = registry.check(live)
    files = DataFiles.find(options.data, options.strokes, options.letters)
    tell("Cuts the digits out of what was reviewed.")
    reviewed, reviewed_hash = _learnable(live)
    tell(f"Gathers examples; {len(reviewed)} digits were reviewed.")
    material = finetuning.gather_material(
        files,
        reviewed,
        outliers=OUTPUTS[card.outputs] > 10,
        limit=options.limit,
        pictures=options.pictures,
        cache=folder() / "pictures",
    )
    # All that tells one training from another, so that none is refused for the checkpoints of an older release.
    about = asdict(options), card.sha256, material.hashes, reviewed_hash, len(material.training)
    work = _work_folder(finetuning.digest(*about))
    model = finetuning.fine_tune(
        live.path, card, material, epochs=options.epochs, folder=work / "training", report=tell
    )
    tell("Compares the candidate with the live version.")
    draft, calibration = work / "candidate.keras", finetuning.calibrate(live.path, model, material)
    save_artifact(model, finetuning.describe(card, material, reviewed_hash, calibration, {}), draft)
    verdict = _compare(live.path, draft, material.validation)
    metrics = {one.name: one.candidate for one in verdict.comparisons}
    save_artifact(model, finetuning.describe(card, material, reviewed_hash, calibration, metrics), draft)
    candidate = registry.register(draft, source=Source.RETRAINED, gate={**verdict.as_json(), "live": live.version})
    shutil.rmtree(work)
    return candidate


def _live() -> ModelVersion:
    registry.adopt_shipped()
    live = registry.current(Role.LIVE)
    assert live is not None, "adopted"
    return live


def _learnable(live: ModelVersion) -> "tuple[LabelledImages, str]":
    """The digits of what was reviewed and is not held out, and a hash of which they are and what they say."""
    import numpy as np

    from ml.data import LabelledImages
    from ml.finetuning import digest

    learned: list[tuple[str, str | None]] = []

    def rows() -> Iterator[Submission]:
        for row in labels.reviewed().iterator(labels.CHUNK):
            if not labels.is_held_out(row.id):
                learned.append((str(row.id), row.label))
                yield row

    found = list(labels.examples(serving.load(live), rows()))
    examples = LabelledImages(
        np.array([one.tensor for one in found], np.uint8).reshape(-1, 28, 28),
        np.array([one.label for one in found], np.int64),
    )
    return examples, digest(learned)


def _work_folder(digest: str) -> Path:
    """The checkpoints of this training; those of others are of no use any more."""
    work = folder() / f"run-{digest[:12]}"
    for other in folder().glob("run-*"):
        if other != work:
            shutil.rmtree(other, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    return work


def _compare(live: Path, candidate: Path, sets: "Mapping[str, LabelledImages]") -> "Verdict":
    from ml.examples import scribbles
    from ml.gate import compare

    drawn = scribbles(SCRIBBLES, seed=SCRIBBLES_SEED)
    return compare(live, candidate, {**sets, "scribbles": drawn}, list(_held_out_pictures()))


def _held_out_pictures() -> "Iterator[LabelledPicture]":
    from ml.gate import LabelledPicture

    for row in labels.reviewed().iterator(labels.CHUNK):
        if labels.is_held_out(row.id):
            yield LabelledPicture(bytes(row.image), row.label or "")


def judge(version: ModelVersion, *, data: Path | None) -> "Verdict":
    """Compare a version that was trained elsewhere with the live one, and keep the verdict with it.

    Args:
        version: registered, and not live.
        data: mnist.npz; None: DIGITS_MNIST, or Keras's download.

    Raises:
        RegistryError: one of the two is missing, damaged or of no use.
        ml.data.DataError: there is no MNIST.
    """
    from ml.artifact import ArtifactError
    from ml.data import find_mnist, load_mnist_training

    live = _live()
    registry.check(live)
    registry.check(version)
    mnist = load_mnist_training(find_mnist(data))[1]
    try:
        verdict = _compare(live.path, version.path, {"mnist": mnist})
    except ArtifactError as error:
        raise RegistryError(f"These two cannot be compared. {error}") from error
    version.gate = {**verdict.as_json(), "live": live.version}
    version.save(update_fields=["gate"])
    return verdict
