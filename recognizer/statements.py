"""SQL of the hot path, worded once: for a single picture Django words a query longer than the database answers it.

SQLite and PostgreSQL understand all of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Field, JSONField, Model

from recognizer.models import Status, Submission

OUTCOME = (
    "status",
    "error_code",
    "finished_at",
    "answer",
    "refusal",
    "usefulness",
    "image",
    "image_format",
    "width",
    "height",
)
# What reading and storing need to know, in the model's order; what else a claimed row holds is fetched when asked for.
_NEEDED = {"id", "client", "digits_hint", *OUTCOME}
CLAIMED = tuple(field.attname for field in Submission._meta.concrete_fields if field.attname in _NEEDED)
# What a labelled row, which nobody has to look at, does not get.
VALUES = {"usefulness": "CASE WHEN label IS NULL THEN %s ELSE usefulness END"}

# Every database adapter takes these as they are; a field would only look at them and hand them on.
PLAIN = {str, bytes, int, float, bool, type(None)}


def claim(submission_ids: Sequence[str], *, now: datetime) -> list[Submission]:
    """Claim what of these is `unclaimed()` and was attempted less than MAX_ATTEMPTS times, and count the attempt.

    Whoever claims the same rows at the same moment gets others, or none.
    """
    held = timedelta(seconds=settings.CLAIM_SECONDS)
    # Taken once: `django.db.connection` looks it up at each use.
    database, (key,) = connections[DEFAULT_DB_ALIAS], _fields(Submission, "id")
    ids = [key.get_db_prep_value(one, database) for one in submission_ids]
    times = [database.ops.adapt_datetimefield_value(time) for time in (now, now - held, now + held)]
    with database.cursor() as cursor:
        cursor.execute(_claiming(len(ids)), [times[0], *ids, settings.MAX_ATTEMPTS, *times[1:]])
        found = cursor.fetchall()
    rows = [Submission.from_db(DEFAULT_DB_ALIAS, CLAIMED, (key.to_python(row[0]), *row[1:])) for row in found]
    # Two workers that store the same rows, because a claim ran out, lock them in the same order.
    return sorted(rows, key=lambda row: row.id)


@cache
def _claiming(count: int) -> str:
    table, ids = Submission._meta.db_table, ", ".join(["%s"] * count)
    lock = "FOR UPDATE SKIP LOCKED" if connections[DEFAULT_DB_ALIAS].features.has_select_for_update_skip_locked else ""
    return (
        f"UPDATE {table} SET attempts = attempts + 1, claimed_at = %s WHERE id IN ("  # noqa: S608 (names only)
        f"SELECT id FROM {table} WHERE id IN ({ids}) AND status = '{Status.QUEUED}' AND attempts < %s "
        f"AND (claimed_at IS NULL OR claimed_at < %s OR claimed_at > %s) {lock}) RETURNING {', '.join(CLAIMED)}"
    )


def finish(rows: Sequence[Submission]) -> int:
    """Save the outcomes of these rows where they are queued still; returns of how many."""
    return _execute(_finishing(), Submission, (*OUTCOME, "id"), rows)


@cache
def _finishing() -> str:
    assignments = ", ".join(f"{name} = {VALUES.get(name, '%s')}" for name in OUTCOME)
    return f"UPDATE {Submission._meta.db_table} SET {assignments} WHERE id = %s AND status = '{Status.QUEUED}'"  # noqa: S608


def insert(rows: Sequence[Model]) -> None:
    """Store new rows of one model; unlike `bulk_create`, this leaves them without ids that the database makes."""
    if rows:
        model = type(rows[0])
        _execute(_inserting(model), model, _columns(model), rows)


@cache
def _inserting(model: type[Model]) -> str:
    columns = _columns(model)
    values = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 (names only)


@cache
def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not isinstance(field, AutoField))


def _execute(statement: str, model: type[Model], names: tuple[str, ...], rows: Sequence[Model]) -> int:
    """The statement with these fields of each row in turn; returns how many rows of the table it changed."""
    database, fields = connections[DEFAULT_DB_ALIAS], _fields(model, *names)
    values = [[_as_stored(getattr(row, field.attname), field, database) for field in fields] for row in rows]
    with database.cursor() as cursor:
        cursor.executemany(statement, values)
        return int(cursor.rowcount)


def _as_stored(value: Any, field: "Field[Any, Any]", database: BaseDatabaseWrapper) -> Any:
    is_plain = type(value) in PLAIN and not isinstance(field, JSONField)
    return value if is_plain else field.get_db_prep_save(value, database)


@cache
def _fields(model: type[Model], *names: str) -> "list[Field[Any, Any]]":
    known = {name: field for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    return [known[name] for name in names]
