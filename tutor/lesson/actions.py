"""What the app does on the learner's behalf, each as the kubectl command that it stands for.

Nothing is written to a cluster that is neither a local practice context nor named by the learner.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from tutor.checks.files import standing_for
from tutor.cluster.api import Cluster, KubeObject, Target
from tutor.cluster.crash import Crashed
from tutor.cluster.errors import ClusterError, NotFoundError, Refused
from tutor.core.manifest import Document, ManifestFile
from tutor.core.step import Step
from tutor.lesson.view import ActionResult

DEPLOYMENT = "user-deployment"
CONTAINER = "user"
REPOSITORY = "homics/user-activity"
SERVICE = "user"
SERVICE_PORT = 9001
CRASH_PATH = "/user/crash"


def refusal(target: Target) -> str:
    """Why nothing may be written there, or "" where it may."""
    if target.writable:
        return ""
    return (
        f'The context "{target.context}" ({target.server}) is not a local practice cluster, so the tutor changes'
        f" nothing there. If it is yours to use, start again with --context {target.context}."
    )


def confirmation(target: Target, action: str) -> str:
    """The question before the first write of a run: what would be touched."""
    what = {"apply": "apply this step's files", "crash": "crash the user service"}.get(
        action, "change the image of user"
    )
    return f'The tutor is about to {what} in the context "{target.context}", namespace "{target.namespace}". Go on?'


def flags(target: Target | None) -> str:
    """What a learner's kubectl needs in order to act on the same place."""
    if target is None:
        return ""
    namespace = "" if target.namespace == "default" else f" --namespace {target.namespace}"
    return f" --context {target.context}{namespace}" if target.named or namespace else ""


def files_to_apply(step: Step, manifests: Mapping[str, ManifestFile]) -> tuple[str, ...]:
    """The step's files in order; one that is not there is represented by the file that defines its objects, if any."""
    instead = standing_for(step, manifests)
    return tuple(dict.fromkeys(instead.get(file, file) for file in (*step.given, *step.files)))


def preview(action: str, step: Step, target: Target | None, manifests: Mapping[str, ManifestFile]) -> str:
    """The kubectl command of an action, as the learner would type it. `manifests`: the workspace's, by their paths."""
    tail = flags(target)
    if action == "apply":
        return "kubectl apply " + " ".join(f"-f {_quoted(file)}" for file in files_to_apply(step, manifests)) + tail
    if action == "crash":
        namespace = target.namespace if target else "default"
        return (
            f"kubectl get --raw /api/v1/namespaces/{namespace}/services/{SERVICE}:{SERVICE_PORT}/proxy{CRASH_PATH}"
            + (f" --context {target.context}" if target and target.named else "")
        )
    return f"kubectl set image deployments/{DEPLOYMENT} {CONTAINER}={image_of(action)}{tail}"


def _quoted(file: str) -> str:
    """A name that a learner chose may have blanks in it; double quotes are understood by every shell."""
    return f'"{file}"' if any(sign.isspace() for sign in file) else file


def image_of(action: str) -> str:
    """The image that "roll:…" rolls to: a tag alone belongs to the user service."""
    name = action.removeprefix("roll:")
    return name if "/" in name or ":" in name else f"{REPOSITORY}:{name}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Carries actions out on one cluster."""

    cluster: Cluster
    manifests: Callable[[Step], Mapping[str, ManifestFile]]
    """The files of a step, whether they exist or not, and the other manifests of the workspace, by their paths."""
    crash: Callable[[], Awaitable[Crashed]]
    """Sends GET /user/crash the way the version poll goes."""

    async def act(self, action: str, step: Step) -> ActionResult:
        """Do it and say what happened; what the cluster refuses is an answer, not an exception."""
        manifests = self.manifests(step)
        command = preview(action, step, self.cluster.target, manifests)
        if refused := refusal(self.cluster.target):
            return ActionResult(False, command, refused)
        try:
            if action == "apply":
                return await self._apply(command, [manifests[file] for file in files_to_apply(step, manifests)])
            if action == "crash":
                crashed = await self.crash()
                return ActionResult(crashed.ok, command, crashed.message)
            return await self._roll(command, image_of(action))
        except ClusterError as error:
            return ActionResult(False, command, str(error))

    async def _apply(self, command: str, files: Sequence[ManifestFile]) -> ActionResult:
        for file in files:
            if not file.exists:
                meant = f" There is {file.near}: give that its right name." if file.near else ""
                return ActionResult(
                    False, command, f"{file.path} does not exist yet: write it first, or take the starter.{meant}"
                )
            if not file.readable:
                why = next(finding.message for finding in file.findings if finding.blocks)
                return ActionResult(False, command, f"{file.path} cannot be read as YAML: {why}")
            if not file.documents:
                return ActionResult(False, command, f"{file.path} holds no object yet: write it first.")
            if not all(isinstance(document.value, Mapping) for document in file.documents):
                return ActionResult(False, command, f"{file.path} holds something that is no Kubernetes object.")
        said: list[str] = []
        refused: list[str] = []
        for file in files:
            for document in file.documents:
                try:
                    before = await self._live(document)
                    after = await self.cluster.apply(dict(document.value))
                except (Refused, NotFoundError) as error:
                    # As kubectl does: the other objects are applied all the same.
                    refused.append(str(error))
                else:
                    said.append(f"{_address(after, document)} {_changed(before, after)}")
        return ActionResult(not refused, command, "\n".join([*refused, *said]))

    async def _live(self, document: Document) -> KubeObject | None:
        try:
            return await self.cluster.get(document.kind, document.name)
        except NotFoundError:
            return None  # of a kind that the tutor does not know: apply asks the server about it

    async def _roll(self, command: str, image: str) -> ActionResult:
        deployment = await self.cluster.get("Deployment", DEPLOYMENT)
        if deployment is None:
            return ActionResult(False, command, f"There is no Deployment {DEPLOYMENT} yet: apply it first.")
        containers = deployment["spec"]["template"]["spec"]["containers"]
        if all(container["name"] != CONTAINER for container in containers):
            names = ", ".join(container["name"] for container in containers)
            return ActionResult(False, command, f'{DEPLOYMENT} has no container named "{CONTAINER}"; it has: {names}.')
        if any(container["name"] == CONTAINER and container["image"] == image for container in containers):
            return ActionResult(True, command, f"The image is {image} already: nothing changes.")
        patch = {"spec": {"template": {"spec": {"containers": [{"name": CONTAINER, "image": image}]}}}}
        await self.cluster.patch("Deployment", DEPLOYMENT, patch)
        return ActionResult(True, command, f"deployment.apps/{DEPLOYMENT} image updated")


def _address(obj: KubeObject, document: Document) -> str:
    """ "deployment.apps/user-deployment", as kubectl names it."""
    group = str(obj.get("apiVersion", "")).rpartition("/")[0]
    return f"{document.kind.lower()}{'.' + group if group else ''}/{document.name}"


def _changed(before: Mapping[str, object] | None, after: Mapping[str, object]) -> str:
    """kubectl's word for what an apply did."""
    if before is None:
        return "created"
    same = _version(before) == _version(after)
    return "unchanged" if same else "configured"


def _version(obj: Mapping[str, object]) -> object:
    metadata = obj.get("metadata")
    return metadata.get("resourceVersion") if isinstance(metadata, Mapping) else None
