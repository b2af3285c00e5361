"""Objects as YAML, as kubectl writes it: keys in order, texts that look like something else in double quotes.

Source: sigs.k8s.io/yaml on go-yaml v2: block style, no line folding, literal blocks for several lines.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

_OLD_BOOL = re.compile(r"y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o?[0-7]+|0b[01]+")


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, indentless)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = None
    if "\n" in value:
        style = "|"
    elif value == "" or _looks_like_another_type(value):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _looks_like_another_type(value: str) -> bool:
    if _OLD_BOOL.fullmatch(value) or _BASE_60.fullmatch(value) or _NUMBER.fullmatch(value.replace("_", "")):
        return True
    resolver: Any = _RESOLVER
    return bool(resolver.resolve(yaml.ScalarNode, value, (True, False)) != "tag:yaml.org,2002:str")


_RESOLVER = yaml.resolver.Resolver()
_Dumper.add_representer(str, _text)


def as_yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, default_flow_style=False, sort_keys=True, width=2**20, allow_unicode=True)
