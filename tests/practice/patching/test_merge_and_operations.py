from __future__ import annotations

import copy
from typing import Any

import pytest

from tutor.practice.patching.merge import merge_patch
from tutor.practice.patching.operations import json_patch


@pytest.mark.parametrize(
    ("original", "patch", "expected"),
    [
        # The examples of RFC 7396, appendix A.
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patches_follow_the_rfc(original: Any, patch: Any, expected: Any) -> None:
    before = copy.deepcopy(original)
    assert merge_patch(original, patch) == expected
    assert original == before


DOCUMENT = {"spec": {"replicas": 1, "list": ["a", "b"]}, "labels": {"a/b": "1", "c~d": "2"}}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/spec/x", "value": 2}, {"replicas": 1, "list": ["a", "b"], "x": 2}),
        ({"op": "add", "path": "/spec/list/-", "value": "c"}, {"replicas": 1, "list": ["a", "b", "c"]}),
        ({"op": "add", "path": "/spec/list/0", "value": "c"}, {"replicas": 1, "list": ["c", "a", "b"]}),
        ({"op": "add", "path": "/spec/list/-1", "value": "c"}, {"replicas": 1, "list": ["a", "b", "c"]}),
        ({"op": "remove", "path": "/spec/list/-1"}, {"replicas": 1, "list": ["a"]}),
        ({"op": "replace", "path": "/spec/list/1", "value": "c"}, {"replicas": 1, "list": ["a", "c"]}),
        # A real server replaces what is not there, too.
        ({"op": "replace", "path": "/spec/x", "value": 2}, {"replicas": 1, "list": ["a", "b"], "x": 2}),
        ({"op": "move", "from": "/spec/replicas", "path": "/spec/r"}, {"list": ["a", "b"], "r": 1}),
        ({"op": "copy", "from": "/spec/list/0", "path": "/spec/r"}, {"replicas": 1, "list": ["a", "b"], "r": "a"}),
        ({"op": "test", "path": "/spec/replicas", "value": 1}, {"replicas": 1, "list": ["a", "b"]}),
        ({"op": "test", "path": "/labels/a~1b", "value": "1"}, {"replicas": 1, "list": ["a", "b"]}),
        ({"op": "test", "path": "/labels/c~0d", "value": "2"}, {"replicas": 1, "list": ["a", "b"]}),
        ({"op": "test", "path": "/spec/none", "value": None}, {"replicas": 1, "list": ["a", "b"]}),
    ],
)
def test_operations_apply(operation: dict[str, Any], expected: dict[str, Any]) -> None:
    assert json_patch(copy.deepcopy(DOCUMENT), [operation])["spec"] == expected


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/spec/none"},
        {"op": "remove", "path": ""},
        {"op": "add", "path": "/none/x", "value": 1},
        {"op": "add", "path": "/spec/x"},
        {"op": "add", "path": "spec", "value": 1},
        {"op": "add", "path": "/spec/list/3", "value": 1},
        {"op": "replace", "path": "/spec/list/2", "value": 1},
        {"op": "replace", "path": "/spec/replicas/x", "value": 1},
        {"op": "test", "path": "/spec/replicas", "value": True},
        {"op": "test", "path": "/spec/replicas", "value": "1"},
        {"op": "move", "from": "/spec/none", "path": "/spec/x"},
        {"op": "increase", "path": "/spec/replicas"},
        {"path": "/spec/replicas"},
        {"op": "remove"},
    ],
)
def test_what_does_not_apply_is_refused(operation: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        json_patch(copy.deepcopy(DOCUMENT), [operation])
