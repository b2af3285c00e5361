"""`kubectl port-forward` to a pod, to a Service and to a port that nothing listens on; an address of the other side."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

namespace = sys.argv[1]
KUBECTL = ["kubectl", "--namespace", namespace]
MANIFEST = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
    - name: web
      image: homics/gateway:1.0.0
      env: [{name: START_DELAY, value: 100ms}]
      ports: [{name: http, containerPort: 8080}]
      readinessProbe: {httpGet: {path: /login, port: http}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: front, port: 80, targetPort: http}]}
"""
subprocess.run([*KUBECTL, "apply", "-f", "-"], input=MANIFEST, text=True, check=True, capture_output=True)
subprocess.run([*KUBECTL, "wait", "--for=condition=Ready", "pod/web", "--timeout=60s"], check=True, capture_output=True)


def asked(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except OSError as error:
        return type(error).__name__


for what, ports in (("pod/web", ":8080"), ("svc/web", ":80"), ("svc/web", ":front"), ("pod/web", ":8081")):
    forward = subprocess.Popen(
        [*KUBECTL, "port-forward", "--address=127.0.0.1", what, ports],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert forward.stdout is not None
    assert forward.stderr is not None
    line = forward.stdout.readline()
    found = re.search(r"127\.0\.0\.1:(\d+)", line)
    if found is None:
        print(what, ports, "said", line, forward.stderr.read())
        continue
    port = int(found[1])
    print(what, ports, line.replace(found[1], "<port>").strip())
    answers = [asked(port, "/login") for _ in range(3 if ports != ":8081" else 1)]
    print("answers", answers)
    if ports == ":8081":
        # One connection that cannot be made ends the whole forwarding.
        print("ended", forward.wait(30))
    else:
        time.sleep(0.1)
        print("runs", forward.poll() is None)
        forward.terminate()
        forward.wait(10)
    forward.stdout.close()
    forward.stderr.close()

for words in (["pod/nobody", "8080"], ["svc/web", "81"], ["pod/web", "0:http2"], ["pod/web"], ["pod/web", "a:b"]):
    done = subprocess.run([*KUBECTL, "port-forward", *words], capture_output=True, text=True, timeout=30, check=False)
    print(words, done.returncode, done.stderr.strip())
