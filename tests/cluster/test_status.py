"""What the API server says of itself, as sentences."""

from __future__ import annotations

import json

import pytest

from tutor.cluster.api import Answer
from tutor.cluster.status import error_of


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (500, "etcdserver: request timed out", "(500): etcdserver: request timed out. Wait a little."),
        (429, "Too many requests, please try again later.", "(429): Too many requests, please try again later. Wait"),
    ],
)
def test_what_a_server_in_trouble_says_is_a_sentence(code: int, message: str, said: str) -> None:
    body = {"kind": "Status", "status": "Failure", "message": message, "code": code}
    assert said in str(error_of(Answer(code, json.dumps(body).encode()), "reading pods"))
