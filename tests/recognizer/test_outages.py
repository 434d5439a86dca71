"""What is away for a while fills no log."""

import pytest

from recognizer.outages import Outage


def test_an_outage_is_told_of_when_it_begins_and_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("Nothing works. Look after Redis")

    for _ in range(2):
        outage.over()
        outage.seen(ConnectionError("refused"))
        outage.seen(ConnectionError("refused"))
        outage.over()

    away, back = "Nothing works. Look after Redis (ConnectionError: refused)", "Over: Nothing works. Look after Redis"
    assert caplog.messages == [away, back, away, back]
