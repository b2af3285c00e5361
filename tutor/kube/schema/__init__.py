"""The schema of the API server v1.34.2 for the kinds of `tutor.kube.refs`: what it knows, refuses, fills in and merges.

Data made by scripts/generate_schema.py from the server's own /openapi/v3, and the rules that stand in no document,
recorded from a real server. Standard library only; the data is read when it is first asked for.

- `strict_errors(obj)`: unknown fields and wrong types, in the document's order (structure.py)
- `set_defaults(obj)`: a new object with what the API server fills in (defaults/)
- `validate(obj, old)`: names, ranges, required and immutable fields of a defaulted object (validation/), and
  `render_invalid(kind, name, errors)`: the API server's sentence for them
- `field_schema(api_version, kind, path)`, `kind_schema(api_version, kind)`: shape, merge key, strategies, list type and
  map keys of a field, and `.child(part)` of it, for strategic merge patches and server-side apply (merging.py)
- `openapi_paths()`, `openapi_document(path)`: the documents of /openapi/v3, gzipped
- `path_text(path)`: `spec.containers[0].image`

Reading order: types.py (the data), structure.py, defaults/, validation/.
"""

from tutor.kube.schema.defaults import set_defaults
from tutor.kube.schema.merging import FieldSchema, field_schema, kind_schema
from tutor.kube.schema.openapi import openapi_document, openapi_paths
from tutor.kube.schema.path import Key, Path, path_text
from tutor.kube.schema.structure import StructureError, UnknownKind, strict_errors
from tutor.kube.schema.validation import FieldError, render_invalid, validate

__all__ = [
    "FieldError",
    "FieldSchema",
    "Key",
    "Path",
    "StructureError",
    "UnknownKind",
    "field_schema",
    "kind_schema",
    "openapi_document",
    "openapi_paths",
    "path_text",
    "render_invalid",
    "set_defaults",
    "strict_errors",
    "validate",
]
