"""The live Deployment's container has the image that the step rolls to."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.live.workload import containers
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say
from tutor.core.finding import Finding
from tutor.kube.images import same_image

SAY = Say("image-is", "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment")


@rule("image-is", Level.LIVE, {"deployment": str, "container": str, "image": str})
def image_is(given: CheckInput) -> list[Finding]:
    """The container of the live Deployment has this image."""
    name, container = str(given.params["deployment"]), str(given.params["container"])
    image = str(given.params["image"])
    if missing := SAY.without_cluster(given, "Deployment"):
        return missing
    assert given.snapshot is not None
    deployment = given.snapshot.get("Deployment", name)
    if deployment is None:
        return SAY.failed(f"There is no Deployment {name} in the cluster.", found="not there", hint="Apply its file.")
    found = {str(c.get("name", "")): str(c.get("image", "")) for c in containers(deployment)}
    if container not in found:
        return SAY.failed(
            f'{name} has no container named "{container}"; it has: {", ".join(found) or "none"}.',
            found=", ".join(found),
            expected=container,
            hint="kubectl set image needs the container's name: mend it in the file and apply.",
        )
    if not same_image(found[container], image):
        return SAY.failed(
            f"The live {name} has the image {found[container]}.",
            found=found[container],
            expected=image,
            hint=f"kubectl set image deployments/{name} {container}={image}, or the file's image and kubectl apply.",
        )
    return SAY.passed(f"The live {name} has the image {found[container]}.", found=found[container], expected=image)
