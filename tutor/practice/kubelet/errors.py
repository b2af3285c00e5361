"""What the kubelet answers to a request about a container that it cannot serve. Texts of v1.34.2.

KubeletError(code, reason, message): the API handlers turn it into a Status.
"""

from __future__ import annotations


class KubeletError(Exception):
    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message


def bad_request(message: str) -> KubeletError:
    return KubeletError(400, "BadRequest", message)


def not_found(kind: str, name: str) -> KubeletError:
    return KubeletError(404, "NotFound", f'{kind} "{name}" not found')


def internal(message: str) -> KubeletError:
    return KubeletError(500, "InternalError", f"Internal error occurred: {message}")
