"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncdisc.transport.files import replacing


def test_the_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "ae.xpt"
    with replacing(target) as stream:
        stream.write(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def write_half(target: Path) -> None:
    with replacing(target) as stream:
        stream.write(b"half")
        raise ZeroDivisionError


def test_an_error_leaves_the_earlier_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "ae.xpt"
    target.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        write_half(target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
