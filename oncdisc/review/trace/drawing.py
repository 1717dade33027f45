"""A lineage as SVG: boxes for records or variables, the sources on the left, what was asked for on the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from oncdisc.review.trace.layout import HEAD, LINE, WIDTH, Edge, Layout, Node, layout

MARGIN = 16
LETTERS = {"t": 35, "v": 42}
"""Letters of a title and of a line that fit in a box; the whole text shows where the pointer rests."""
_FILL = {"raw": "#fff4d6", "sdtm": "#e2f0e6", "adam": "#e1ebf8", "asked": "#f8dfe4"}
_STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#1b2330}.t{font-weight:600}"
    "path{fill:none;stroke:#8a94a6;stroke-width:1.2}.d{stroke-dasharray:4 3}rect{stroke:#8a94a6;rx:4}"
)


def draw(nodes: Sequence[Node], edges: Sequence[Edge], title: str) -> str:
    """The graph as one SVG document, without scripts or anything from elsewhere."""
    places = layout(nodes, edges)
    by_id = {node.id: node for node in nodes}
    width, height = places.width + 2 * MARGIN, places.height + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img"><title>{escape(title)}</title><style>{_STYLE}</style>',
        '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" style="fill:#8a94a6;stroke:none"/></marker></defs>',
        f'<g transform="translate({MARGIN},{MARGIN})">',
        *(_edge(edge, by_id, places) for edge in edges if edge.source != edge.to),
        *(line for node in nodes for line in _node(node, places)),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def _edge(edge: Edge, nodes: dict[str, Node], places: Layout) -> str:
    x1, y1 = places.places[edge.source]
    x2, y2 = places.places[edge.to]
    start, end = (x1 + WIDTH, y1 + nodes[edge.source].height // 2), (x2, y2 + nodes[edge.to].height // 2)
    bend = max((end[0] - start[0]) // 2, 30)
    path = f"M{start[0]} {start[1]}C{start[0] + bend} {start[1]} {end[0] - bend} {end[1]} {end[0]} {end[1]}"
    style = ' class="d"' if edge.dashed else ""
    label = f"<title>{escape(edge.label)}</title>" if edge.label else ""
    return f'<path{style} d="{path}" marker-end="url(#a)">{label}</path>'


def _node(node: Node, places: Layout) -> Iterator[str]:
    x, y = places.places[node.id]
    fill = _FILL.get(node.kind, "#f6f8fb")
    yield f'<g><rect x="{x}" y="{y}" width="{WIDTH}" height="{node.height}" fill="{fill}"/>'
    yield _text(x, y + 15, node.title, "t")
    for number, line in enumerate(node.lines):
        yield _text(x, y + HEAD + LINE * number + 10, line, "v")
    whole = "\n".join([node.title, *node.lines])
    yield f"<title>{escape(whole)}</title></g>"


def _text(x: int, y: int, text: str, style: str) -> str:
    most = LETTERS[style]
    shown = text if len(text) <= most else f"{text[: most - 1]}…"
    return f'<text class="{style}" x="{x + 7}" y="{y}">{escape(shown)}</text>'
