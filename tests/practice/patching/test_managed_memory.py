"""What a thousand pods have in common is kept once."""

from __future__ import annotations

from tutor.practice.patching import managed
from tutor.practice.patching.field_set import FieldSet
from tutor.practice.patching.managed import Manager, Owned

MANAGER = Manager("kubelet", "Update", "v1", "status")


def test_equal_fields_are_one_object() -> None:
    def entry(*path: str) -> object:
        fields = FieldSet()
        fields.insert(path)
        (written,) = managed.write({MANAGER: Owned(fields, "v1", "")})
        return written["fieldsV1"]

    one = entry("f:spec", "f:a")
    assert one == {"f:spec": {"f:a": {}}}
    assert entry("f:spec", "f:a") is one
    assert entry("f:spec", "f:b") == {"f:spec": {"f:b": {}}}
