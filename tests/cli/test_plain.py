"""The plain mode as a conversation: what is typed, and what is said."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.ui.fake_lesson import CONNECTED, LOST, PARSES, READY, SELECTOR, FakeLesson
from tutor.cli.plain import HELP, converse
from tutor.core.timeline import PodChanged
from tutor.lesson.view import Connection, ConnectionView, StepState


class Stdin:
    """Lines that are typed one after the other; "" is its end."""

    def __init__(self) -> None:
        self._lines: queue.Queue[str] = queue.Queue()

    def type(self, line: str) -> None:
        self._lines.put(f"{line}\n" if line else "")

    def readline(self) -> str:
        return self._lines.get()


class Talk:
    def __init__(self, lesson: FakeLesson, stdin: Stdin, capsys: pytest.CaptureFixture[str]) -> None:
        self.lesson, self._stdin, self._capsys = lesson, stdin, capsys
        self.said = ""
        self._from = 0
        self.work = asyncio.create_task(converse(lesson))

    async def until(self, text: str) -> str:
        """Wait for a text after what was read before; returns what was said until then."""
        async with asyncio.timeout(30):
            while text not in self.said[self._from :]:
                self.said += self._capsys.readouterr().out
                await asyncio.sleep(0.002)
        end = self.said.index(text, self._from) + len(text)
        part, self._from = self.said[self._from : end], end
        return part

    async def say(self, line: str, answer: str) -> str:
        self._stdin.type(line)
        return await self.until(answer)

    async def end(self) -> int:
        self._stdin.type("")
        return await self.work


@pytest.fixture
async def talk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Talk]:
    stdin = Stdin()
    monkeypatch.setattr("sys.stdin", stdin)
    conversation = Talk(FakeLesson(), stdin, capsys)
    await conversation.until("Type help for the commands.")
    yield conversation
    if not conversation.work.done():
        await conversation.end()


async def test_it_begins_with_the_step_and_ends_with_the_input(talk: Talk) -> None:
    assert "1. A Deployment for the gateway" in talk.said
    assert talk.said.count("A Deployment for the gateway") == 1, "the heading is not read twice"
    assert await talk.end() == 0


@pytest.mark.parametrize("word", ["quit", "exit", "q", "QUIT"])
async def test_quit_ends_it(talk: Talk, word: str) -> None:
    talk._stdin.type(word)
    assert await talk.work == 0


async def test_a_check_reads_out_the_findings_with_their_places(talk: Talk) -> None:
    await talk.lesson.found(PARSES, SELECTOR)
    said = await talk.say("check", "gateway-deployment: not yet")
    assert "kube/gateway/deployment.yaml:9:12" in said
    assert "found     app=gatewy" in said
    assert "expected  app=gateway" in said
    assert said.count("can be read") == 1
    assert "check" in talk.lesson.asked


async def test_a_check_waits_for_a_cluster_that_is_being_asked(talk: Talk) -> None:
    await talk.lesson.put(connection=ConnectionView(Connection.CONNECTING, message="Looking for a cluster …"))
    talk._stdin.type("check")
    await asyncio.sleep(0.05)
    assert "check" not in talk.lesson.asked
    await talk.lesson.put(connection=CONNECTED)
    await talk.until("gateway-deployment: ")
    assert "check" in talk.lesson.asked


async def test_the_first_write_is_asked_for_and_no_is_no(talk: Talk) -> None:
    talk.lesson.question = 'The tutor is about to apply in the context "minikube". Go on?'
    await talk.say("apply", "[y/N] ")
    await talk.say("n", "Nothing was done.")
    assert "act apply" not in talk.lesson.asked
    await talk.say("apply", "[y/N] ")
    said = await talk.say("yes", "gateway-deployment created")
    assert "act apply" in talk.lesson.asked
    assert said


async def test_an_act_shows_the_command_that_it_stands_for(talk: Talk) -> None:
    await talk.say("crash", "$ kubectl get --raw /crash")
    await talk.say("roll 2.0.0", "$ kubectl set image deployments/user-deployment user=2.0.0")
    await talk.until("created")
    assert talk.lesson.asked[-1] == "act roll:2.0.0"


async def test_hints_come_one_by_one(talk: Talk) -> None:
    await talk.lesson.put(hint_texts=("What makes write work?",))
    said = await talk.say("hint", "What makes write work?")
    assert "All hints of this task are open" in said, "the double opens none"


async def test_lost_and_found_are_said(talk: Talk) -> None:
    await talk.lesson.put(connection=LOST)
    await talk.until("[lost] minikube minikube does not answer")
    await talk.lesson.put(connection=CONNECTED)
    await talk.until("[connected] minikube")


async def test_what_reads_the_same_is_said_once(talk: Talk) -> None:
    asking = ConnectionView(Connection.CONNECTING, "minikube", message="Asking https://192.168.49.2:8443 …")
    await talk.lesson.put(connection=asking)
    await talk.until("[connecting] minikube Asking")
    await talk.lesson.put(connection=replace(asking, version="v1.34.2"))
    await talk.say("steps", "rolling-update")
    assert talk.said.count("[connecting]") == 1


async def test_without_an_input_it_says_the_step_and_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    async with asyncio.timeout(30):
        assert await converse(FakeLesson()) == 0
    assert "Have Kubernetes run one gateway." in capsys.readouterr().out


async def test_a_step_that_passes_is_said_once_with_its_evidence(talk: Talk) -> None:
    states = {**talk.lesson.view.states, "gateway-deployment": StepState.PASSED}
    await talk.lesson.put(findings=(READY,), verdict="passed", states=states)
    said = await talk.until("next goes on.")
    assert "[passed] gateway-deployment" in said
    assert "has 1 ready pod of 1" in said
    assert "The Deployment made a ReplicaSet" in said
    await talk.lesson.put(checked_at=5.0)
    await talk.say("steps", "crash")
    assert talk.said.count("[passed]") == 1


async def test_changes_are_said_where_wanted(talk: Talk) -> None:
    now = talk.lesson.now()
    pod = PodChanged(now, "u", "user-x", "user-deployment", "rs", "Running", "Running", True, 1, 1, 0, "i", now)
    talk.lesson.timeline.append(pod)
    await talk.say("watch", "Each change is said from now on")
    assert "pod user-x 1/1 Running" in talk.said
    gone = replace(pod, at=now, restarts=1, status="Completed", ready=False, ready_containers=0)
    talk.lesson.timeline.append(gone)
    await talk.lesson.put(checked_at=1.0)
    await talk.until("pod user-x 0/1 Completed restarts 1")
    await talk.say("watch", "no longer said")


async def test_files_pods_and_texts_can_be_read(talk: Talk) -> None:
    said = await talk.say("files", "image: homics/gatway:1.0.0")
    assert "   9        app: gatewy" in said
    await talk.say("pods", "No pod in the namespace default.")
    await talk.say("text", "Have Kubernetes run one gateway.")
    await talk.say("go crash", "Break it.")
    await talk.say("go 1", "Have Kubernetes run one gateway.")
    await talk.say("go 3", "Break it.")
    await talk.say("go nowhere", "There is no step nowhere. The steps are: gateway-deployment")
    await talk.say("next", "There is no further step that way.")


async def test_what_is_no_command_is_said_so(talk: Talk) -> None:
    await talk.say("frobnicate the pods", "frobnicate the pods is no command here; help lists them.")
    await talk.say("roll", "roll is no command here")
    await talk.say("help", "back       the step before")


def test_the_commands_fit_into_a_usual_terminal() -> None:
    assert max(len(line) for line in HELP.splitlines()) <= 79
