"""`homics-tutor author new SLUG`: the files of a step that loads, with everything left to write marked in them."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.content.atomic import create_file
from tutor.content.loader import FOLDER_NAME

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
COURSE = """\
format = 1
title = "TODO(author): the course's title"
about = "TODO(author): one sentence about it."
"""
STEP = """\
title = "TODO(author): what the learner has at the end"
files = ["kube/{slug}/deployment.yaml"]
docs = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"

[[tasks]]
id = "write"
title = "Complete kube/{slug}/deployment.yaml"
hints = [
    "TODO(author): a question that leads there",
    "TODO(author): the concept, with its page: https://kubernetes.io/docs/",
    "TODO(author): the fields to write, never the whole file",
]

[[tasks.checks]]
rule = "file-parses"
file = "kube/{slug}/deployment.yaml"

[[tasks.checks]]
rule = "known-structure"
file = "kube/{slug}/deployment.yaml"
needs = ["file-parses"]

[[tasks.checks]]
rule = "defines"
kind = "Deployment"
name = "{slug}-deployment"
needs = ["file-parses"]

[[tasks.checks]]
rule = "selector-matches-template"
deployment = "{slug}-deployment"
needs = ["defines"]

[[tasks]]
id = "apply"
title = "Apply it and see it ready"
hints = [
    "TODO(author): a question that leads there",
    "TODO(author): the concept, with its page: https://kubernetes.io/docs/",
    "TODO(author): the commands to type",
]

[[tasks.checks]]
rule = "applied"
kind = "Deployment"
name = "{slug}-deployment"

[[tasks.checks]]
rule = "deployment-ready"
deployment = "{slug}-deployment"
needs = ["applied"]
"""
TEXT = """\
# TODO(author): the step's title

TODO(author): why, and what it is.

## What to do

**1. Complete `kube/{slug}/deployment.yaml`**: the Deployment `{slug}-deployment`.

**2. Apply it:**

```
kubectl apply -f kube/{slug}/deployment.yaml
```

## What you should see

TODO(author): what kubectl prints.
"""
DONE = """\
# TODO(author): what was seen

TODO(author): why it is so.

## Other correct ways

- TODO(author): what else passes, and why it is as good.
"""
STARTER = """\
# TODO: complete this Deployment.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {slug}-deployment
spec:
"""
SOLUTION = """\
# TODO(author): the image, and what else the step asks for.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {slug}-deployment
spec:
  selector:
    matchLabels:
      app: {slug}
  template:
    metadata:
      labels:
        app: {slug}
    spec:
      containers:
        - name: {slug}
          image: registry.k8s.io/pause:3.10
"""


class CannotScaffold(Exception):
    """Nothing was written; the text says why."""


def new_step(root: Path, slug: str) -> tuple[str, ...]:
    """Write the next step of the course in `root`, and the course itself where there is none yet.

    Returns the files written, relative to `root`. Raises: `CannotScaffold`.
    """
    if not SLUG.fullmatch(slug):
        raise CannotScaffold(f'"{slug}" cannot be a slug: small letters and digits, with single dashes between.')
    steps = root / "steps"
    taken = [match for path in sorted(steps.glob("*/")) if (match := FOLDER_NAME.fullmatch(path.name))]
    if any(match[2] == slug for match in taken):
        raise CannotScaffold(f'There is a step "{slug}" already.')
    number = max((int(match[1]) for match in taken), default=0) + 1
    if number > 99:
        raise CannotScaffold("A course has 99 steps at most.")
    name = f"{number:02d}-{slug}"
    files = {
        f"steps/{name}/step.toml": STEP,
        f"steps/{name}/text.md": TEXT,
        f"steps/{name}/done.md": DONE,
        f"starter/kube/{slug}/deployment.yaml": STARTER,
        f"solutions/{name}/kube/{slug}/deployment.yaml": SOLUTION,
    }
    if not (steps / "course.toml").exists():
        files = {"steps/course.toml": COURSE, **files}
    written = []
    for file, text in files.items():
        try:
            create_file(root / file, text.replace("{slug}", slug).encode())
        except FileExistsError:
            continue  # a starter that an earlier step has already
        except OSError as error:
            raise CannotScaffold(f"{root / file} cannot be written ({error.strerror}).") from error
        written.append(file)
    return tuple(written)
