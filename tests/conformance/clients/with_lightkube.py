"""lightkube: create, server-side apply, patch, list, watch and delete with its own models."""

from __future__ import annotations

import sys

from lightkube import Client
from lightkube.core.exceptions import ApiError
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import ConfigMap

namespace = sys.argv[1]
client = Client(namespace=namespace, field_manager="conformance")
client.create(ConfigMap(metadata=ObjectMeta(name="light", labels={"app": "light"}), data={"k": "1"}))
client.apply(ConfigMap(metadata=ObjectMeta(name="light"), data={"n": "2"}))
found = client.get(ConfigMap, "light")
print("data", sorted((found.data or {}).items()))
client.patch(ConfigMap, "light", {"data": {"k": "3"}})
print("patched", sorted((client.get(ConfigMap, "light").data or {}).items()))
print("listed", [item.metadata.name for item in client.list(ConfigMap, labels={"app": "light"})])
for kind, item in client.watch(ConfigMap, labels={"app": "light"}, server_timeout=1):
    print("watched", kind, item.metadata.name)
    break
client.delete(ConfigMap, "light")
for what in (lambda: client.get(ConfigMap, "light"), lambda: client.get(Deployment, "nobody")):
    try:
        what()
    except ApiError as error:
        print("refused", error.status.code, error.status.reason, error.status.message)
