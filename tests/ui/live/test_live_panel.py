"""The live panel in an app: what it shows at every size, and what the keys and the mouse do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from tests.ui.live.panel_app import PanelApp, drawn, until
from tests.ui.screen_text import screen_text
from tutor.core.pictures.drawing import ASCII
from tutor.core.pictures.playback import Mode
from tutor.core.timeline import Answered, EventSeen, PodChanged, Timeline
from tutor.lesson.view import Connection, ConnectionView, LessonView, Traffic
from tutor.ui.live.lines_view import LinesView
from tutor.ui.live.panel import LivePanel
from tutor.ui.live.rows_view import RowsView


def run(app: PanelApp, width: int = 100, height: int = 40):  # type: ignore[no-untyped-def]
    return app.run_test(size=(width, height))


def line_of(text: str, begins: str) -> str:
    return next(line for line in text.splitlines() if line.strip().startswith(begins))


async def test_a_crash_is_told_by_every_part_of_the_panel() -> None:
    async with run(PanelApp("crash", 30.0)) as pilot:
        text = await drawn(pilot)
        assert line_of(text, "● user-deployment-5fc9f7f6b9-5f4zw").split()[2:] == [
            "1/1", "Running", "1", "(10s", "ago)", "36s",
        ]  # fmt: skip
        assert "http://192.168.49.2:31317" in line_of(text, "gateway   NodePort")
        assert line_of(text, "errors").count("H") == 6
        assert "↻" in line_of(text, "…5f4zw 1.0.0")
        assert "6 errors (6 x http-500) in 6.0 s: 1 while no pod was ready; 5 while a pod counted as ready" in text
        assert "Started (×2) pod/…5f4zw: Started container user" in text


async def test_the_back_off_counts_down_beside_the_pod() -> None:
    app = PanelApp("back-off", 16.0)
    async with run(app) as pilot:
        assert "↻4s" in await drawn(pilot)
        app.now += 3
        await until(pilot, lambda text: "↻1s" in text and "started again in about 1 s" in text)


async def test_a_pod_that_goes_stays_a_moment_with_the_word_gone() -> None:
    app = PanelApp("rolling-update-without-readiness", 21.2)
    async with run(app) as pilot:
        await drawn(pilot)
        app.pass_time(2.0)
        text = await until(pilot, lambda text: "(gone)" in text)
        assert "× user-deployment-5fc9f7f6b9-5f4zw" in text
        app.pass_time(10.0)
        await until(pilot, lambda text: "(gone)" not in text)


async def test_a_change_is_drawn_without_being_told_of_it() -> None:
    app = PanelApp("crash", 19.5)
    async with run(app) as pilot:
        assert "0/1" not in await drawn(pilot)
        app.pass_time(1.8)
        text = await until(pilot, lambda text: "0/1" in text)
        assert "Completed" in text


@pytest.mark.parametrize(("width", "height"), [(160, 48), (80, 24), (80, 19), (60, 30), (40, 30), (40, 15)])
async def test_the_telling_parts_are_there_at_every_size(width: int, height: int) -> None:
    async with run(PanelApp("crash", 30.0), width, height) as pilot:
        text = await drawn(pilot)
        assert "5f4zw" in text
        assert "Running" in text
        assert "H" * 6 in text
        assert "6 errors" in text
        assert "live" in text
        assert all(len(line) <= width for line in text.splitlines())


@pytest.mark.parametrize(("width", "height"), [(30, 8), (20, 5), (12, 3), (9, 2), (300, 100)])
async def test_hardly_any_room_and_very_much_of_it_break_nothing(width: int, height: int) -> None:
    app = PanelApp("two-replicas-crash", 60.0)
    async with run(app, width, height) as pilot:
        await pilot.pause()
        app.pass_time(5.0)
        app.show()
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await drawn(pilot)


async def test_where_not_all_rows_fit_those_of_the_polled_deployment_are_seen() -> None:
    async with run(PanelApp("rolling-update-without-readiness", 42.0), 80, 11) as pilot:
        await until(pilot, lambda text: "4cmlj 1/1" in text and "gateway-deployment" not in text)


async def test_in_a_window_that_was_made_smaller_they_are_seen_at_once() -> None:
    app = PanelApp("rolling-update-without-readiness", 42.0)
    app.now += 60.0
    async with run(app) as pilot:
        await drawn(pilot)
        await pilot.resize_terminal(80, 11)
        await until(pilot, lambda text: "4cmlj 1/1" in text and "gateway-deployment" not in text)


async def test_the_arrow_keys_scroll_the_rows_and_then_they_stay() -> None:
    app = PanelApp("rolling-update-without-readiness", 42.0)
    async with run(app, 80, 12) as pilot:
        await until(pilot, lambda text: "4cmlj" in text)
        for _ in range(6):
            await pilot.press("up")
        await until(pilot, lambda text: "gateway-deployment" in text)
        app.pass_time(2.0)
        app.show()
        await pilot.pause()
        assert "gateway-deployment" in screen_text(pilot.app)


async def test_held_nothing_moves_until_it_goes_on() -> None:
    app = PanelApp("crash", 17.5)
    async with run(app) as pilot:
        await drawn(pilot)
        await pilot.press("space")
        before = await until(pilot, lambda text: "held at" in text)
        app.pass_time(8.0)
        app.show()
        await pilot.pause()
        assert screen_text(pilot.app) == before
        await pilot.press("space")
        await until(pilot, lambda text: "● live" in text and "HHH" in text)


async def test_scrolling_back_shows_the_pods_as_they_were() -> None:
    app = PanelApp("rolling-update-without-readiness", 42.0)
    async with run(app) as pilot:
        assert "8486bc5c5d" in await drawn(pilot)
        await pilot.press("left", "left")
        text = await until(pilot, lambda text: "held at" in text)
        assert "8486bc5c5d" not in text
        assert "● user-deployment-5fc9f7f6b9-5f4zw" in text
        await pilot.press("right", "right")
        await until(pilot, lambda text: "live" in text and "8486bc5c5d" in text)


async def test_jumping_from_change_to_change_tells_each() -> None:
    app = PanelApp("rolling-update-without-readiness", 42.0)
    async with run(app, 140) as pilot:
        await drawn(pilot)
        await pilot.press("comma")
        await until(pilot, lambda text: "2.0.0 answers" in text)
        await pilot.press("comma")
        await until(pilot, lambda text: "errors (http-500); …5f4zw is gone" in text)
        await pilot.press("full_stop", "full_stop")
        await until(pilot, lambda text: "● live" in text)


async def test_after_a_jump_the_next_one_can_be_clicked_beside_the_text_of_a_step() -> None:
    app = PanelApp("rolling-update-without-readiness", 42.0)
    async with run(app, 58) as pilot:
        await drawn(pilot)
        await pilot.press("comma", "comma", "comma")
        rows = (await until(pilot, lambda text: "…4cmlj is ready" in text)).splitlines()
        y = next(index for index, line in enumerate(rows) if "held at" in line)
        before = app.panel.position
        await pilot.click(offset=(rows[y].rindex(","), y))
        await until(pilot, lambda text: app.panel.position < before)
        rows = screen_text(pilot.app).splitlines()
        await pilot.click(offset=(rows[y].index("space"), y))
        await until(pilot, lambda text: "● live" in text)


async def test_before_the_first_change_there_is_no_other() -> None:
    app = PanelApp("crash", 3.0)
    async with run(app, 140) as pilot:
        await drawn(pilot)
        for _ in range(12):
            await pilot.press("comma")
        await until(pilot, lambda text: "no change before this one" in text)


async def test_a_replay_shows_the_last_happening_slowly_and_ends_live() -> None:
    app = PanelApp("crash", 40.0)
    async with run(app, 140) as pilot:
        await drawn(pilot)
        await pilot.press("r")
        await until(pilot, lambda text: "replay, 1/4 speed" in text)
        start = app.panel.position
        assert start < app.now - 10
        app.now += 8
        assert app.panel.position == pytest.approx(start + 2)
        await pilot.press("r")
        await until(pilot, lambda text: "real speed" in text)
        app.now += 600
        await until(pilot, lambda text: "● live" in text)


async def test_a_replay_of_nothing_says_so() -> None:
    app = PanelApp("crash", 0.0)
    app.timeline = Timeline()
    app.rest = []
    async with run(app, 140) as pilot:
        await drawn(pilot)
        await pilot.press("r")
        await until(pilot, lambda text: "nothing has happened yet" in text)


async def test_zooming_shows_more_time_and_less() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app, 140) as pilot:
        assert line_of(await drawn(pilot), "errors").count("H") == 6
        await pilot.press("minus")
        text = await until(pilot, lambda text: "2 s a cell" in text)
        assert 3 <= line_of(text, "errors").count("H") <= 4
        await pilot.press("plus", "plus")
        text = await until(pilot, lambda text: "0.5 s a cell" in text)
        assert line_of(text, "errors").count("H") == 6
        for _ in range(12):
            await pilot.press("minus")
        await until(pilot, lambda text: "60 s a cell" in text)


@pytest.mark.parametrize(("width", "told"), [(100, True), (58, True), (48, True), (38, False)])
async def test_beside_the_text_the_length_of_a_cell_is_told_where_the_keys_have_room(width: int, told: bool) -> None:
    app = PanelApp("crash", 30.0)
    async with run(app, width) as pilot:
        await drawn(pilot)
        await pilot.press("minus")
        text = await until(pilot, lambda text: line_of(text, "errors").count("H") < 5)
        bar = line_of(text, "● live")
        assert ("2 s a cell" in bar) is told
        assert "space" in bar


async def test_saving_asks_for_the_window_that_is_shown() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app) as pilot:
        await drawn(pilot)
        await pilot.press("left", "ctrl+s", "ctrl+t")
        await pilot.pause()
        kinds = [event.kind for event in app.asked if isinstance(event, LivePanel.ExportRequested)]
        ends = {event.end for event in app.asked if isinstance(event, LivePanel.ExportRequested)}
        assert kinds == ["svg", "text"]
        assert ends == {app.panel.position}
        assert {event.cells for event in app.asked if isinstance(event, LivePanel.ExportRequested)} == {85}


async def test_the_calls_can_be_asked_for_and_their_absence_is_said() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app, 140) as pilot:
        await drawn(pilot)
        app.panel.action_traffic()
        app.view = replace(app.view, traffic=Traffic(False))
        app.show()
        await until(pilot, lambda text: "no calls are made" in text)
        app.panel.action_traffic()
        await pilot.pause()
        assert [event.running for event in app.asked if isinstance(event, LivePanel.TrafficToggled)] == [False, True]


async def test_calls_that_another_tutor_makes_are_said_to_be_its_own() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app, 140) as pilot:
        await drawn(pilot)
        app.view = replace(app.view, traffic=Traffic(True, rate=5.0, theirs=True))
        app.show()
        text = await until(pilot, lambda text: "another tutor makes the calls" in text)
        assert "calls a second" not in text


async def test_everything_in_the_bar_can_be_clicked() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app, 140) as pilot:
        text = await drawn(pilot)
        rows = text.splitlines()
        y = next(index for index, line in enumerate(rows) if "replay slowly" in line)
        await pilot.click(offset=(rows[y].index("hold"), y))
        await until(pilot, lambda text: "held at" in text)
        rows = screen_text(pilot.app).splitlines()
        await pilot.click(offset=(rows[y].index("change before"), y))
        await until(pilot, lambda text: "1.0.0 answers" in text)
        assert app.panel.playback.mode is Mode.PAUSED


async def test_a_url_that_answers_can_be_clicked(monkeypatch: pytest.MonkeyPatch) -> None:
    app = PanelApp("crash", 30.0)
    opened: list[str] = []
    monkeypatch.setattr(app, "open_url", opened.append)
    async with run(app) as pilot:
        rows = (await drawn(pilot)).splitlines()
        y = next(index for index, line in enumerate(rows) if "http://" in line)
        await pilot.click(offset=(rows[y].index("http://") + 3, y))
        await pilot.pause()
        await pilot.click(offset=(1, y))
        await pilot.pause()
    assert opened == ["http://192.168.49.2:31317"]


async def test_text_can_be_selected_with_the_mouse() -> None:
    async with run(PanelApp("crash", 30.0)) as pilot:
        rows = (await drawn(pilot)).splitlines()
        y = next(index for index, line in enumerate(rows) if "fc9f7f6b9-5f4zw " in line)
        x = rows[y].index("user-deployment")
        await pilot.mouse_down(offset=(x, y))
        await pilot.hover(offset=(x + 32, y))
        await pilot.mouse_up(offset=(x + 32, y))
        await pilot.pause()
        assert (pilot.app.screen.get_selected_text() or "").startswith("user-deployment-5fc9f7f6b9-5f4z")


async def test_without_unicode_every_sign_is_ascii() -> None:
    async with run(PanelApp("back-off", 16.0, glyphs=ASCII)) as pilot:
        text = await drawn(pilot)
        assert [line for line in text.splitlines() if not line.isascii()] == []
        assert "R4s" in text


async def test_without_colour_the_states_are_told_by_word_and_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with run(PanelApp("back-off", 16.0)) as pilot:
        text = await drawn(pilot)
        assert "↻4s" in text
        assert "→ no pod" in text
        assert "✗ 7 errors" in text
        colours = {
            segment.style.color.triplet
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.color and segment.style.color.triplet
        }
        assert all(len(set(colour)) == 1 for colour in colours), "greys alone"


async def test_no_cluster_says_what_to_do() -> None:
    app = PanelApp("crash", 30.0)
    app.timeline = Timeline()
    app.rest = []
    message = "No cluster was found.\nStart minikube: minikube start"
    app.view = LessonView((), {}, "", ConnectionView(Connection.NONE, message=message), "")
    async with run(app) as pilot:
        text = await drawn(pilot)
        assert "Start minikube: minikube start" in text


async def test_an_empty_namespace_says_so() -> None:
    app = PanelApp("crash", 30.0)
    app.timeline = Timeline()
    app.rest = []
    async with run(app) as pilot:
        assert "No Deployment and no pod in the namespace default yet." in await drawn(pilot)


async def test_a_lost_cluster_is_said_and_the_pods_stay() -> None:
    app = PanelApp("link-lost", 35.0)
    app.view = replace(app.view, connection=replace(app.view.connection, state=Connection.LOST))
    async with run(app) as pilot:
        await until(
            pilot,
            lambda text: all(w in text for w in ("the cluster is away", "8r58d", "╱╱╱", "nothing is counted")),
        )


# What it costs.


def busy(count: int) -> list[PodChanged]:
    return [
        PodChanged(
            1_000.0, f"u{n}", f"load-5f-{n:05}", "load", "load-5f", "Running", "Running", True, 1, 1, 0, "i:1", 1.0
        )
        for n in range(count)
    ]


async def test_of_two_thousand_pods_only_the_seen_ones_are_made_into_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    show = LinesView.show

    def counted(self: LinesView, count: int, make) -> None:  # type: ignore[no-untyped-def]
        show(self, count, lambda index: (made.append(index) if isinstance(self, RowsView) else None) or make(index))

    monkeypatch.setattr(LinesView, "show", counted)
    app = PanelApp("crash", 30.0)
    app.timeline, app.rest, app.now = Timeline(busy(2_000)), [], 1_010.0
    async with run(app) as pilot:
        await drawn(pilot)
        assert "load-5f-00003" in screen_text(pilot.app)
        assert len(set(made)) < 60
        for _ in range(3):
            await pilot.press("pagedown")
        await until(pilot, lambda text: "load-5f-00035" in text)
        assert len(set(made)) < 120


async def test_no_change_is_lost_however_many_come_at_once() -> None:
    app = PanelApp("crash", 30.0)
    pods = busy(30)
    app.timeline, app.rest, app.now = Timeline(pods), [], 1_010.0
    async with run(app, 100, 48) as pilot:
        await drawn(pilot)
        for round_ in range(40):
            for pod in pods:
                app.timeline.append(replace(pod, at=1_010.0 + round_ / 100, restarts=round_, ready=False))
        app.now += 1
        text = await until(pilot, lambda text: text.count(" 39 ") >= 25)
        assert " 38 " not in text


async def test_what_did_not_change_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = PanelApp("crash", 30.0)
    async with run(app) as pilot:
        await drawn(pilot)
        await pilot.pause()
        refreshed: list[tuple[str | None, int]] = []
        original = LinesView.refresh

        def counted(self: LinesView, *regions: Region, **options: bool) -> LinesView:
            refreshed.extend((self.id, region.y) for region in regions)
            return original(self, *regions, **options)

        monkeypatch.setattr(LinesView, "refresh", counted)
        app.panel._draw()
        assert refreshed == []
        pod = next(p for p in reversed(app.timeline.of(PodChanged)) if p.deployment == "user-deployment")
        app.timeline.append(replace(pod, at=app.now, status="Odd"))
        app.panel._draw()
        assert [entry for entry in refreshed if entry[0] == "live-rows"] == [("live-rows", 8)]


async def test_the_tail_of_the_events_is_bounded() -> None:
    app = PanelApp("crash", 30.0)
    for n in range(5_000):
        app.timeline.append(EventSeen(app.now - 1, "Pod", f"x-{n}", "Normal", "Started", f"number {n}"))
    async with run(app) as pilot:
        text = await drawn(pilot)
        assert "number 4999" in text
        assert text.count("number ") < 20


async def draws_of(pilot: Pilot[None], app: PanelApp) -> int:
    count = 0
    original = app.panel._draw_parts

    def counted(**how: bool) -> None:
        nonlocal count
        count += 1
        original(**how)

    app.panel._draw_parts = counted  # type: ignore[method-assign]
    app.pass_time(3.0)
    app.show()
    for _ in range(5):
        await pilot.pause(0.05)
    return count


async def test_what_came_right_after_a_drawing_is_drawn_a_moment_later_without_another_word() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app) as pilot:
        await drawn(pilot)
        app.panel._draw()
        pod = next(p for p in reversed(app.timeline.of(PodChanged)) if p.deployment == "user-deployment")
        app.timeline.append(replace(pod, at=app.now, status="Odd"))
        app.show()
        assert "Odd" not in screen_text(app)
        await until(pilot, lambda text: "Odd" in text)


async def test_time_goes_on_and_what_nobody_told_of_is_drawn_with_the_next_second() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app) as pilot:
        before = await drawn(pilot)
        app.pass_time(20.0)
        await until(pilot, lambda text: text != before)


async def test_ages_are_counted_each_second_where_something_happens_and_seldom_where_nothing_does() -> None:
    app = PanelApp("crash", 30.0)
    pod = next(p for p in reversed(app.timeline.of(PodChanged)) if p.deployment == "user-deployment")
    long_ago = app.now - 40.0
    old = [replace(pod, uid=f"u{n}", name=f"old-{n}", at=long_ago, created=long_ago, started=1.0) for n in range(3)]
    app.timeline = Timeline(old)
    async with run(app, 120, 60) as pilot:
        await until(pilot, lambda text: text.count(" 40s") == 3)
        app.now += 2.0
        app.panel._draw(only_older=True)
        await pilot.pause()
        assert screen_text(app).count(" 40s") == 3
        app.now += 3.0
        app.panel._draw(only_older=True)
        await until(pilot, lambda text: text.count(" 45s") == 3)
        app.timeline.append(replace(old[0], at=app.now, started=None, finished=app.now, ready=False))
        app.show()
        await until(pilot, lambda text: "starts again" in text)
        for seconds in range(46, 66):
            app.now += 1.0
            app.panel._draw(only_older=True)
            await until(pilot, lambda text, s=seconds: text.count(f" {s}s") == 3)  # type: ignore[misc]


async def test_an_answer_that_says_the_same_waits_for_the_next_second() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app) as pilot:
        await drawn(pilot)
        app.panel._draw()
        last = app.timeline.of(Answered)[-1]
        app.timeline.append(replace(last, at=app.now))
        assert not app.panel._is_due()
        app.timeline.append(replace(last, at=app.now, version="2.0.0"))
        assert app.panel._is_due()


async def test_a_moment_that_is_held_is_not_drawn_again_and_again() -> None:
    app = PanelApp("crash", 30.0)
    async with run(app) as pilot:
        await drawn(pilot)
        await pilot.press("space")
        count = await draws_of(pilot, app)
        assert count <= 1, "one for the view that changed meanwhile"
        app.panel.action_live()
        await pilot.pause()


async def test_a_panel_that_nobody_sees_draws_nothing() -> None:
    app = PanelApp("crash", 18.2)
    async with run(app) as pilot:
        await drawn(pilot)
        app.panel.display = False
        await pilot.pause()
        assert await draws_of(pilot, app) == 0
        app.panel.display = True
        await until(pilot, lambda text: "0/1" in text)
