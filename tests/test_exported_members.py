"""What each package says it exports is there, and the lazily loaded verbs are what they claim."""

from __future__ import annotations

import importlib

import pytest

import oncdisc


@pytest.mark.parametrize("name", oncdisc.__all__)
def test_the_face_exports(name):
    assert getattr(oncdisc, name) is not None


@pytest.mark.parametrize(
    "package", ["define", "oncdisc.transport", "oncdisc.review", "oncdisc.pipeline", "sdtm", "adam"]
)
def test_rooms_export_what_they_list(package):
    module = importlib.import_module(package)
    assert sorted(set(module.__all__)) == sorted(module.__all__), "a name is listed twice"
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'bild'"):
        oncdisc.bild  # noqa: B018
