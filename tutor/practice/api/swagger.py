"""The definitions of /openapi/v2, made of the documents of /openapi/v3: the same types, said in Swagger 2.0's words.

What stands in v3 alone is left out: defaults, and that an IntOrString or a Quantity may be a number.
"""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Mapping
from typing import Any

from tutor.kube import schema

Schema = dict[str, Any]

_V3, _V2 = "#/components/schemas/", "#/definitions/"


@functools.cache
def definitions() -> Mapping[str, Schema]:
    """Name → schema, by name."""
    found: dict[str, Schema] = {}
    for path in schema.openapi_paths():
        document = json.loads(gzip.decompress(schema.openapi_document(path)))
        for name, described in document["components"]["schemas"].items():
            if name not in found:
                found[name] = _converted(described)
    return dict(sorted(found.items()))


def _converted(described: Schema) -> Schema:
    if "$ref" in described:
        return {"$ref": described["$ref"].replace(_V3, _V2)}
    if "allOf" in described:
        # Only so can v3 say more of what it refers to.
        more = {key: value for key, value in described.items() if key.startswith("x-")}
        return {**_converted(described["allOf"][0]), **more}
    result = {key: value for key, value in described.items() if key not in ("default", "oneOf")}
    if "oneOf" in described:
        result["type"] = "string"
    if "items" in described:
        result["items"] = _converted(described["items"])
    if isinstance(described.get("additionalProperties"), dict):
        result["additionalProperties"] = _converted(described["additionalProperties"])
    if "properties" in described:
        result["properties"] = {name: _converted(entry) for name, entry in described["properties"].items()}
    return result
