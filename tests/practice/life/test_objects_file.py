"""What of the cluster is on disk: every change, in order, and nothing lost when the disk is full."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock
from tutor.practice.daemon.objects_file import VERSION_MARGIN, ObjectsFile
from tutor.practice.store.store import Store


def config_map(name: str, **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


class Disk:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()

    def open(self) -> tuple[Store, ObjectsFile, str]:
        store = Store(self.clock)
        file = ObjectsFile(self.path, self.clock)
        note = file.load(store)
        file.follow(store)
        return store, file, note


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "objects.sqlite")


async def test_what_is_there_comes_back_as_it_was(disk: Disk) -> None:
    store, file, note = disk.open()
    assert note == ""
    first = store.create(config_map("a", x="1"))
    store.update({**first, "data": {"x": "2"}})
    store.create(config_map("b", text="ä\u2028€"))
    store.create(config_map("gone"))
    store.delete("ConfigMap", "default", "gone")
    version = store.resource_version
    kept = store.list("ConfigMap")
    await file.close()
    store, file, _ = disk.open()
    assert store.list("ConfigMap") == kept
    assert store.resource_version == version + VERSION_MARGIN
    await file.close()


async def test_a_name_used_again_is_the_new_object(disk: Disk) -> None:
    store, file, _ = disk.open()
    store.create(config_map("a"))
    await file.flush()
    store.delete("ConfigMap", "default", "a")
    again = store.create(config_map("a"))
    await file.close()
    store, file, _ = disk.open()
    assert store.list("ConfigMap") == [again]
    await file.close()


async def test_versions_grow_even_where_nothing_was_left(disk: Disk) -> None:
    store, file, _ = disk.open()
    store.create(config_map("a"))
    store.delete("ConfigMap", "default", "a")
    version = store.resource_version
    await file.close()
    store, file, _ = disk.open()
    assert store.resource_version > version
    await file.close()


async def test_a_full_disk_loses_nothing_and_is_said_until_there_is_room(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    store, file, _ = disk.open()
    store.create(config_map("before"))
    assert await file.flush()
    connection = file._connection
    assert connection is not None
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    store.create(config_map("large", text="x" * 100_000))
    store.create(config_map("small"))
    assert not await file.flush()
    assert file.problem == "the disk is full"
    assert not await file.flush()
    assert [r.message for r in caplog.records] == ["the objects cannot be saved: the disk is full"]
    store.delete("ConfigMap", "default", "small")
    connection.execute("PRAGMA max_page_count = 1000000")
    assert await file.flush()
    assert file.problem == ""
    await file.close()
    store, file, _ = disk.open()
    assert [o["metadata"]["name"] for o in store.list("ConfigMap")] == ["before", "large"]
    await file.close()


async def test_a_file_of_another_format_is_set_aside(disk: Disk) -> None:
    store, file, _ = disk.open()
    store.create(config_map("a"))
    await file.close()
    with sqlite3.connect(disk.path) as connection:
        connection.execute("UPDATE facts SET value = '99' WHERE name = 'format'")
    connection.close()
    store, file, note = disk.open()
    assert "format 99 is not known here" in note
    assert store.list("ConfigMap") == []
    assert len(list(disk.path.parent.glob("objects.sqlite.broken-*"))) == 1
    await file.close()


async def test_changes_are_written_in_the_background(disk: Disk) -> None:
    import asyncio

    store, file, _ = disk.open()
    task = asyncio.create_task(file.run())
    try:
        store.create(config_map("a"))
        async with asyncio.timeout(20):
            while file._pending:
                await disk.clock.advance(0.05)
                await asyncio.to_thread(lambda: None)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    # Not closed: as after a kill.
    again = ObjectsFile(disk.path, disk.clock)
    other = Store(disk.clock)
    again.load(other)
    assert [o["metadata"]["name"] for o in other.list("ConfigMap")] == ["a"]
    await again.close()
    await file.close()
