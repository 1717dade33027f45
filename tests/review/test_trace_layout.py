"""The layered layout and its drawing: sources left of what is made of them, no box on another, any cycle survived."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from oncdisc.review.trace.drawing import draw
from oncdisc.review.trace.layout import WIDTH, Edge, Node, layout

NAMES = "abcdefg"
GRAPHS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=15)


def boxes(edges: list[Edge]) -> list[Node]:
    return [Node(name, name, ("line",) * number) for number, name in enumerate(NAMES)]


def test_what_is_made_stands_right_of_its_sources_by_the_longest_path():
    edges = [Edge("a", "b"), Edge("b", "c"), Edge("a", "c")]
    places = layout([Node(n, n) for n in "abc"], edges).places
    assert places["a"][0] < places["b"][0] < places["c"][0]


def test_lines_do_not_cross_where_an_order_without_crossings_exists():
    edges = [Edge("x", "2"), Edge("y", "1"), Edge("1", "t"), Edge("2", "t")]
    places = layout([Node(n, n) for n in "t12xy"], edges).places
    assert (places["1"][1] < places["2"][1]) == (places["y"][1] < places["x"][1])


@given(GRAPHS)
def test_no_box_lies_on_another(pairs):
    edges = [Edge(a, b) for a, b in pairs if a != b]
    nodes = boxes(edges)
    found = layout(nodes, edges)
    for one, two in combinations(nodes, 2):
        (x1, y1), (x2, y2) = found.places[one.id], found.places[two.id]
        assert abs(x1 - x2) >= WIDTH or y1 + one.height <= y2 or y2 + two.height <= y1
    assert all(x + WIDTH <= found.width for x, _ in found.places.values())


@given(GRAPHS)
def test_edges_lead_to_the_right_where_there_is_no_cycle(pairs):
    edges = [Edge(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]
    places = layout(boxes(edges), edges).places
    assert all(places[edge.source][0] < places[edge.to][0] for edge in edges)


def test_the_drawing_is_well_formed_and_escapes_what_comes_from_data():
    nodes = [Node("a", "<&a", ("x < 1",)), Node("b", "b" * 90)]
    root = ET.fromstring(draw(nodes, [Edge("a", "b", "event: <x>", True)], "A & B"))
    texts = [element.text or "" for element in root.iter() if element.tag.endswith("text")]
    assert texts[:2] == ["<&a", "x < 1"]
    assert len(texts[2]) < 90
    assert any((e.text or "") == "event: <x>" for e in root.iter())


def test_nothing_to_draw_is_an_empty_drawing():
    assert layout([], []).width == 0
    ET.fromstring(draw([], [], "nothing"))
