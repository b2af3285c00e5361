"""Objects that are right, and slips: what is replaced in them, and what known-structure says of it."""

from __future__ import annotations

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: user-deployment
  labels:
    app: user
spec:
  replicas: 1
  selector:
    matchLabels:
      app: user
  template:
    metadata:
      labels:
        app: user
    spec:
      containers:
        - name: user
          image: homics/user-activity:1.0.0
          ports:
            - containerPort: 9001
          env:
            - name: LEVEL
              value: "1"
          readinessProbe:
            httpGet:
              path: /user/internal/version
              port: 9001
            periodSeconds: 3
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: user
spec:
  type: NodePort
  selector:
    app: user
  ports:
    - port: 9001
      targetPort: 9001
      nodePort: 31319
"""
AUTOSCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: user
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: user-deployment
  minReplicas: 2
  maxReplicas: 5
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 50
"""

UNKNOWN = [
    # old, new, line, column, message, part of the hint
    ("image: homics", "imagee: homics", 19, 11, "imagee is no field of a container. Is image meant?", "Write image:"),
    ("replicas: 1", "replica: 1", 8, 3, "replica is no field of a Deployment's spec. Is replicas meant?", "replicas:"),
    (
        "readinessProbe",
        "ReadinessProbe",
        25,
        11,
        "ReadinessProbe is no field of a container: it is written readinessProbe,",
        "",
    ),
    (
        "containerPort",
        "container-port",
        21,
        15,
        "container-port is no field of a port of a container: it is written",
        "",
    ),
    (
        "containerPort",
        "port",
        21,
        15,
        "port is no field of a port of a container: there it is called containerPort.",
        "",
    ),
    (
        "      containers:\n",
        "      replicas: 2\n      containers:\n",
        17,
        7,
        "replicas is no field of a pod's spec: it belongs under spec.",
        "It stands there already, on line 8: remove this one.",
    ),
    (
        "  selector:\n",
        "  imagePullPolicy: Never\n  selector:\n",
        9,
        3,
        "imagePullPolicy is no field of a Deployment's spec: it belongs in an entry of spec.template.spec.containers.",
        "the entry of containers that begins on line 19",
    ),
    (
        "    spec:\n      containers:",
        "    containers:",
        16,
        5,
        "containers is no field of a pod template: it belongs under spec.template.spec.",
        "Write spec: first, and containers: below it",
    ),
    (
        "\nspec:\n  replicas: 1\n",
        "\nreplicas: 1\nspec:\n",
        7,
        1,
        "replicas is no field of a Deployment: it belongs under spec.",
        "below spec: on line 8",
    ),
    (
        "            httpGet:\n              path: /user/internal/version\n              port: 9001\n",
        "            path: /user\n            tcpSocket:\n              port: 9001\n",
        26,
        13,
        "path is no field of a probe: it belongs under spec.template.spec.containers.readinessProbe.httpGet.",
        "Write httpGet: first",
    ),
    (
        "  selector:\n    matchLabels:\n      app: user\n",
        "  selector:\n    app: user\n",
        10,
        5,
        "The label app stands directly under selector; a Deployment's selector has it under matchLabels.",
        "Write matchLabels: below selector:",
    ),
    (
        "    metadata:\n      labels:\n        app: user\n",
        "    metadata:\n      app: user\n",
        14,
        7,
        "app stands directly under metadata; a label belongs under labels.",
        "Write labels:",
    ),
    (
        "          ports:",
        "          resources:\n            cpu: 100m\n          ports:",
        21,
        13,
        "cpu stands directly under resources; it belongs under requests or limits.",
        "requests:",
    ),
    (
        '            - name: LEVEL\n              value: "1"\n',
        "            - LEVEL: one\n",
        23,
        15,
        "LEVEL is the name of the variable, and it stands where a field's name is expected.",
        "- name: KEY",
    ),
    ("metadata:\n  name", "metdata:\n  name", 3, 1, "metdata is no field of a Deployment. Is metadata meant?", ""),
    ("\nspec:", "\nspecs:", 7, 1, "specs is no field of a Deployment. Is spec meant?", ""),
]

TYPES = [
    (
        "replicas: 1",
        'replicas: "2"',
        8,
        13,
        'replicas is a whole number, and the text "2" is none',
        "replicas: 2, without",
    ),
    ("replicas: 1", "replicas: two", 8, 13, 'replicas is a whole number, and the text "two" is none.', "replicas: 1"),
    ("replicas: 1", "replicas: 1.5", 8, 13, "replicas is a whole number, and the number 1.5 is none.", "replicas: 1"),
    (
        "replicas: 1",
        "replicas: yes",
        8,
        13,
        "replicas is a whole number, and the word true without quotes is none.",
        "",
    ),
    ("replicas: 1", "replicas: 5000000000", 8, 13, "5000000000 is too large for replicas.", ""),
    ("replicas: 1", "replicas: [1]", 8, 13, "replicas is a whole number, and a list is none.", ""),
    ('value: "1"', "value: 1", 24, 22, "value is a text, and the number 1 is none.", 'value: "1"'),
    (
        'value: "1"',
        "value: on",
        24,
        22,
        "value is a text, and the word true without quotes is none: YAML reads",
        "quotes",
    ),
    (
        "      labels:\n        app: user",
        "      labels:\n        app: 1",
        15,
        14,
        "The value of the label app is a text,",
        "",
    ),
    (
        "            - containerPort: 9001",
        "            containerPort: 9001",
        21,
        13,
        "ports is a list: each of its",
        "dash",
    ),
    (
        "            - containerPort: 9001",
        "            - 9001",
        21,
        15,
        "An entry of ports has fields,",
        "containerPort: 9001",
    ),
    (
        '            - name: LEVEL\n              value: "1"',
        "            - LEVEL=1",
        23,
        15,
        "An entry of env has the",
        "name: LEVEL",
    ),
    (
        "          ports:",
        "          command: java -jar a.jar\n          ports:",
        20,
        20,
        "command is a list,",
        "brackets",
    ),
    (
        "            httpGet:\n",
        "            httpGet: /\n            exec:\n",
        26,
        22,
        "httpGet has fields of its own,",
        "",
    ),
    (
        "  replicas: 1",
        "  strategy: Recreate",
        8,
        13,
        "strategy has fields of its own; Recreate is its type.",
        "type: Recreate",
    ),
    (
        "    matchLabels:\n      app: user\n",
        "    matchLabels:\n      - app: user\n",
        11,
        7,
        "matchLabels is no list",
        "Remove the dash",
    ),
    (
        "  replicas: 1",
        '  paused: "true"\n  replicas: 1',
        8,
        11,
        'paused is true or false, and the text "true" is',
        "paused: true",
    ),
    (
        "          ports:",
        "          resources:\n            requests:\n              cpu: 100 milli\n          ports:",
        22,
        20,
        '"100 milli" is no amount.',
        "directly behind the number",
    ),
]

MISSING = [
    (DEPLOYMENT, "          image: homics/user-activity:1.0.0\n", "", 18, 11, "A container has no image."),
    (DEPLOYMENT, "image: homics/user-activity:1.0.0", "image:", 19, 11, "image has no value."),
    (DEPLOYMENT, "  selector:\n    matchLabels:\n      app: user\n", "", 7, 1, "A Deployment's spec has no selector."),
    (DEPLOYMENT, "  name: user-deployment\n", "", 3, 1, "metadata has no name."),
    (DEPLOYMENT, "              port: 9001\n", "", 26, 13, "httpGet has no port."),
    (SERVICE, "    - port: 9001\n      targetPort", "    - targetPort", 10, 7, "A port of a Service has no port."),
    (
        SERVICE,
        "ports:\n    - port: 9001\n      targetPort: 9001\n      nodePort: 31319\n",
        "ports:\n",
        9,
        3,
        "Nothing stands below",
    ),
    (AUTOSCALER, "    kind: Deployment\n", "", 6, 3, "scaleTargetRef has no kind."),
    (AUTOSCALER, "  maxReplicas: 5\n", "", 5, 1, "An autoscaler's spec has no maxReplicas."),
    (AUTOSCALER, "          type: Utilization\n", "", 16, 9, "A metric's target has no type."),
]

VALUES = [
    (
        DEPLOYMENT,
        "name: user-deployment",
        "name: User_Deployment",
        4,
        '"User_Deployment" is no name',
        "user-deployment",
    ),
    (SERVICE, "  name: user\n", "  name: 1user\n", 4, '"1user" is no name of a Service', "user"),
    (DEPLOYMENT, "- name: user\n", "- name: User\n", 18, '"User" is no name that', "user"),
    (
        DEPLOYMENT,
        "  labels:\n    app: user\n",
        "  labels:\n    app: us er\n",
        6,
        '"us er" is no value of a label',
        "us-er",
    ),
    (
        DEPLOYMENT,
        "  labels:\n    app: user\n",
        "  labels:\n    my app: user\n",
        6,
        '"my app" is no key of a label',
        "my-app",
    ),
    (DEPLOYMENT, "containerPort: 9001", "containerPort: 90010", 21, "90010 is no port", "1 to 65535"),
    (DEPLOYMENT, "replicas: 1", "replicas: -1", 8, "-1 is too small for replicas.", "at least 0"),
    (DEPLOYMENT, "periodSeconds: 3", "periodSeconds: -3", 29, "-3 is too small for periodSeconds.", "at least 0"),
    (
        DEPLOYMENT,
        "          ports:",
        "          imagePullPolicy: always\n          ports:",
        20,
        "imagePullPolicy is written Always",
        "Always",
    ),
    (
        DEPLOYMENT,
        "      containers:",
        "      restartPolicy: Never\n      containers:",
        17,
        "restartPolicy can only be Always here",
        "Always",
    ),
    (DEPLOYMENT, "              port: 9001\n", '              port: "9001"\n', 28, "port stands in quotes", "9001"),
    (SERVICE, "type: NodePort", "type: Nodeport", 6, "type is written NodePort, and Nodeport is none", "NodePort"),
    (SERVICE, "- port: 9001", "- port: 0", 10, "0 is no port", "1 to 65535"),
    (SERVICE, "  type: NodePort\n", "", 11, "A Service of the type ClusterIP has no nodePort", "NodePort"),
    (AUTOSCALER, "minReplicas: 2", "minReplicas: 6", 11, "maxReplicas is 5, and minReplicas is more.", "minReplicas"),
    (AUTOSCALER, "apiVersion: apps/v1", "apiVersion: v1", 7, "apiVersion is that of what is scaled", "apps/v1"),
]

KINDS = [
    (
        "apiVersion: apps/v1",
        "apiVersion: extensions/v1beta1",
        "extensions/v1beta1 is outdated: since Kubernetes 1.16",
        "apps/v1",
    ),
    ("apiVersion: apps/v1", "apiVersion: apps/v1beta1", "apps/v1beta1 is outdated", "apps/v1"),
    ("apiVersion: apps/v1", "apiVersion: v1", "There is no Deployment in v1.", "apps/v1"),
    ("apiVersion: apps/v1", "apiVersion: app/v1", "There is no app/v1 in Kubernetes.", "apps/v1"),
    ("apiVersion: apps/v1", "apiVersion: apps/v2", "There is no apps/v2 in Kubernetes.", "apps/v1"),
    ("apiVersion: apps/v1", "apiVersion:", "apiVersion has no value.", "apps/v1"),
    ("apiVersion: apps/v1\n", "", "The object has no apiVersion.", "apps/v1"),
    ("apiVersion", "apiversion", "apiversion is no field of an object: apiVersion is meant.", "apiVersion"),
    ("apiVersion: apps/v1", "apiVersion: 1", "apiVersion is a text, and 1 is none.", ""),
    ("kind: Deployment", "kind: deployment", "deployment is written Deployment: capital letters count.", "Deployment"),
    ("kind: Deployment", "kind: Deploymentt", "There is no kind Deploymentt; Deployment is meant", "Deployment"),
    ("kind: Deployment", "kind: deploy", "deploy is what kubectl calls them on the command line", "Deployment"),
    ("kind: Deployment\n", "", "The object has no kind.", "kind: Deployment"),
    ("kind: Deployment", "kind: Banana", "There is no kind Banana in apps/v1.", "Deployment"),
    (
        "apiVersion: apps/v1\nkind: Deployment",
        "apiVersion: v1\nkind: Pod",
        "The kind is Pod, and spec has the fields of a Deployment",
        "Deployment",
    ),
]
