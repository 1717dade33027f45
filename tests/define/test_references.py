"""References: what nothing refers to."""

from __future__ import annotations

from dataclasses import replace

from define.model import Comment, Document, Leaf, Method
from define.references import broken_references, unused


def test_the_example_is_whole(example: Document) -> None:
    assert broken_references(example) == ()
    assert unused(example) == ()


def test_what_nothing_refers_to_is_named(example: Document) -> None:
    document = replace(
        example,
        methods=(*example.methods, Method("MT.X", "X", "x")),
        comments=(*example.comments, Comment("COM.X", "x")),
        leaves=(*example.leaves, Leaf("LF.X", "x.pdf", "X")),
    )
    assert unused(document) == (
        "method MT.X is defined, but nothing refers to it",
        "comment COM.X is defined, but nothing refers to it",
        "leaf LF.X is defined, but nothing refers to it",
    )


def test_analysis_results_count_as_references(example: Document) -> None:
    without = unused(replace(example, displays=()))
    assert "where clause WC.PFS.N is defined, but nothing refers to it" in without
    assert "comment COM.ARM is defined, but nothing refers to it" in without
