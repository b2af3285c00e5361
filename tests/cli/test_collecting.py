from __future__ import annotations

import gc

from tutor.cli.collecting import collecting_later


def test_nothing_is_collected_until_it_has_settled_and_what_is_there_then_stays() -> None:
    assert gc.isenabled()
    try:
        with collecting_later() as settled:
            assert not gc.isenabled()
            settled()
            assert gc.isenabled()
            assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_the_end_before_it_has_settled_leaves_nothing_behind() -> None:
    with collecting_later():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
