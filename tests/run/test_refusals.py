"""What cannot start says so in one sentence, and starts nothing."""

import socket

import pytest

from tests.run.service import Service


def refusal(service: Service, **environment: str) -> str:
    """The terminal after a `make run` that must not start."""
    service.start(**environment)
    service.wait_until_ended()
    assert service.make is not None
    assert service.make.returncode != 0
    assert "Traceback" not in service.output()
    assert not service.pids()
    return service.output()


def test_a_taken_port(fresh_service: Service) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", fresh_service.port))
        other.listen()

        said = refusal(fresh_service)

    assert f"Port {fresh_service.port} of 127.0.0.1 cannot be used (Address already in use). Choose another: " in said


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT is 'eighty'"),
        ("HOST", "no-such-host.invalid", "HOST is no-such-host.invalid, which is no address of this machine."),
        ("MODEL_PATH", "var/nothing.keras", "MODEL_PATH cannot be used. "),
        ("MAX_OUTLIER", "1.5", "MAX_OUTLIER is '1.5'; it takes a number from 0 to 1."),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'loud'; say debug or info or"),
        ("TIME_ZONE", "Tehran", "TIME_ZONE is 'Tehran'; say a time zone such as Asia/Tehran or UTC."),
        ("REDIS_URL", "http://127.0.0.1", "REDIS_URL must begin with"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "The database could not be used: "),
    ],
)
def test_a_setting_that_cannot_be_used(fresh_service: Service, variable: str, value: str, sentence: str) -> None:
    assert sentence in refusal(fresh_service, **{variable: value})


def test_a_process_that_does_not_come_up_shows_the_end_of_its_log(fresh_service: Service) -> None:
    wsgi = fresh_service.root / "digitsite" / "wsgi.py"
    wsgi.write_text("raise RuntimeError('the reason, as the log has it')\n")

    fresh_service.start()
    fresh_service.wait_until_ended()

    said = fresh_service.output()
    assert "RuntimeError: the reason, as the log has it" in said
    assert "web ends each time it is started" in said
    assert not fresh_service.pids()
