"""Label selectors: matchLabels and matchExpressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import Errors, each_invalid, forbidden, invalid, required
from tutor.kube.schema.validation.metadata import label_key, labels

Object = Mapping[str, Any]

WITH_VALUES = ("In", "NotIn")
WITHOUT_VALUES = ("Exists", "DoesNotExist")


def label_selector(selector: Object | None, at: Path) -> Errors:
    if selector is None:
        return
    yield from labels(selector.get("matchLabels"), (*at, "matchLabels"))
    for index, expression in enumerate(selector.get("matchExpressions") or []):
        yield from _requirement(expression, (*at, "matchExpressions", index))


def _requirement(expression: Object, at: Path) -> Errors:
    operator, values = expression.get("operator", ""), expression.get("values") or []
    if operator in WITH_VALUES:
        if not values:
            yield required((*at, "values"), "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in WITHOUT_VALUES:
        if values:
            yield forbidden((*at, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    else:
        yield invalid((*at, "operator"), operator, "not a valid selector operator")
    yield from label_key(str(expression.get("key", "")), (*at, "key"))
    for index, value in enumerate(values):
        yield from each_invalid((*at, "values", index), value, texts.label_value(value))


def is_usable(selector: Object | None) -> bool:
    """Whether a selector can be evaluated at all; what cannot has been told by `label_selector`."""
    if selector is None:
        return True
    for expression in selector.get("matchExpressions") or []:
        operator, values = expression.get("operator", ""), expression.get("values") or []
        if operator not in (*WITH_VALUES, *WITHOUT_VALUES) or bool(values) != (operator in WITH_VALUES):
            return False
        if texts.qualified_name(str(expression.get("key", ""))) or any(texts.label_value(value) for value in values):
            return False
    return not any(
        texts.qualified_name(key) or texts.label_value(value)
        for key, value in (selector.get("matchLabels") or {}).items()
    )


def selector_value(selector: Object) -> dict[str, Any]:
    """A selector as the API server shows it: its fields in their order."""
    order = ("matchLabels", "matchExpressions")
    shown = {key: selector[key] for key in order if selector.get(key)}
    if expressions := shown.get("matchExpressions"):
        fields = ("key", "operator", "values")
        shown["matchExpressions"] = [{key: entry[key] for key in fields if key in entry} for entry in expressions]
    if match_labels := shown.get("matchLabels"):
        shown["matchLabels"] = dict(sorted(match_labels.items()))
    return shown
