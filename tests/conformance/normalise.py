"""What differs between any two runs on any cluster, written the same way: names' random ends, ids, times, addresses."""

from __future__ import annotations

import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<uid>"),
        # Pod: Deployment, template hash, five letters; then a ReplicaSet; then an event's name.
        (r"\b([a-z][a-z0-9-]*?)-[bcdf-hj-np-tv-xz2-9]{7,10}-[bcdf-hj-np-tv-xz2-9]{5}(?![a-z0-9])", r"\1-<hash>-<id>"),
        (r"(pod-template-hash[=:] ?\"?)[bcdf-hj-np-tv-xz2-9]{7,10}", r"\1<hash>"),
        (r"\b([a-z][a-z0-9]*(?:-[a-z0-9]+)*?)-(?=[a-z0-9]*\d)[bcdf-hj-np-tv-xz2-9]{7,10}\b", r"\1-<hash>"),
        (r"\.[0-9a-f]{16}\b", ".<event>"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}", "<time>"),
        (r"\b[EWI]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ (\w+\.go:\d+\])", r"<log> \1"),
        (r"\beyJ[\w-]+\.[\w-]+\.[\w-]+", "<token>"),
        (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d+", "<time>"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", "<time>"),
        (r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "<time>"),
        (r"containerd://[0-9a-f]{64}", "<container>"),
        (r"(?:containerd|practice)://\S+", "<container>"),
        (r"sha256:[0-9a-f]{64}", "<digest>"),
        (r"\b[0-9a-f]{64}\b", "<long-id>"),
        (r"(failed to resolve reference \"[^\"]+\"): [^\n]*", r"\1: <why>"),
        # A connection that was kept ends otherwise than a new one.
        (r"(error trying to reach service): [^\n]*", r"\1: <why>"),
        (r"\b10\.244\.\d+\.\d+\b", "<pod-ip>"),
        (r"\b10\.(?:9[6-9]|10\d|11[01])\.\d+\.\d+\b", "<cluster-ip>"),
        (r"\b192\.168\.49\.\d+\b|\b192\.168\.5\d\.\d+\b", "<node-ip>"),
        (r"(\"resourceVersion\": ?)\"\d+\"", r'\1"<version>"'),
        (r"(resourceVersion: ?)\"?\d+\"?", r"\1<version>"),
        (r"kube-api-access-[bcdf-hj-np-tv-xz2-9]{5}", "kube-api-access-<id>"),
        (r"in \d+(?:\.\d+)?m?s \(\d+(?:\.\d+)?m?s including waiting\)", "in <duration>"),
        (r"Image size: \d+ bytes", "Image size: <size> bytes"),
        (r"(?<![\w.])\d+(?:s|m|m\d+s)(?= ago| \(x| over|\)|\s|$)", "<age>"),
        (r"\b<age> \(x\d+ over <age>\)", "<age> (x<count> over <age>)"),
        (r"\bx\d+ over <age>", "x<count> over <age>"),
        (r"/tmp/[^\s\"']*", "<file>"),
    )
)


def normalise(text: str, namespace: str) -> str:
    """Also: columns are padded by the width of what was replaced, so runs of blanks become one."""
    text = text.replace(namespace, "<namespace>")
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    lines = [re.sub(r"[ \t]+", " ", line).rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip()
