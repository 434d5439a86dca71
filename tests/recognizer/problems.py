"""What every error answer must look like."""

from typing import Any


def assert_problem(response: Any, status: int, code: str) -> None:
    """RFC 9457, with our own code."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"]
