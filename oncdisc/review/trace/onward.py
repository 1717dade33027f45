"""Lineage followed forward: what was made from a record, and so what changes if it changes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oncdisc.review.trace.edges import EDGE, NODE, OF_SUBJECT, PERHAPS, ends, fits, new_nodes, no_edges, silent
from oncdisc.review.trace.output import Output


def made_into(output: Output, start: pd.DataFrame) -> pd.DataFrame:
    """Every edge that leads on from some nodes: `to_` is what was made from the node.

    Records that were only looked at count: a change in them may change what won.
    """
    known = start[NODE].drop_duplicates(ignore_index=True)
    frontier = known
    found: list[pd.DataFrame] = [no_edges()]
    while len(frontier):
        parts = [_readers(output, name, frontier) for name in output.datasets]
        edges = pd.concat([no_edges(), *parts], ignore_index=True)
        found.append(edges)
        frontier = new_nodes(ends(edges), known)
        known = pd.concat([known, frontier], ignore_index=True)
    return pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True)


def _readers(output: Output, name: str, at: pd.DataFrame) -> pd.DataFrame:
    """The edges from nodes to the nodes of one dataset that read them."""
    reads = output.reads(name)
    reads = reads.loc[reads["table"].isin(at["table"].unique())]
    if not len(reads):
        return no_edges()
    quiet = silent(output, name, reads.rename(columns={"table": "to_table"}))
    kinds = reads["kind"]
    parts = [
        _within(output, name, at, reads.loc[kinds == "own"]),
        _linked(output, name, at, reads.loc[kinds.isin(["source", "rows", "values"]) & ~quiet]),
        _same_subject(output, name, at, reads.loc[kinds == "subject"], first=True),
        _same_subject(output, name, at, reads.loc[quiet], first=False),
    ]
    return pd.concat([no_edges(), *(part[EDGE] for part in parts)], ignore_index=True)


def _renamed(reads: pd.DataFrame) -> pd.DataFrame:
    """Reads with the node that is read under a node's names, and the reader as `to_variable`."""
    return reads.rename(columns={"variable": "to_variable", "column": "variable"})


def _within(output: Output, name: str, at: pd.DataFrame, reads: pd.DataFrame) -> pd.DataFrame:
    at = at.loc[at["table"] == name]
    at = at.assign(slice=output.slices(name)[at["row"].to_numpy(np.int64)])
    joined = at.merge(_renamed(reads), on=["table", "slice", "variable"])
    return joined.assign(rule="own", to_table=name, to_row=joined["row"])


def _linked(output: Output, name: str, at: pd.DataFrame, reads: pd.DataFrame) -> pd.DataFrame:
    links = output.links(name).set_axis(["to_row", "rule", "table", "row"], axis=1)
    joined = at.merge(links, on=["table", "row"])
    joined = joined.assign(slice=output.slices(name)[joined["to_row"].to_numpy(np.int64)], to_table=name)
    joined = joined.merge(_renamed(reads), on=["slice", "table", "variable"])
    joined = joined.loc[fits(output, name, joined, joined["to_variable"])].reset_index(drop=True)
    return joined.loc[_of_slice(output, joined)]


def _of_slice(output: Output, joined: pd.DataFrame) -> np.ndarray:
    """Whether the record that is read is of a slice that the read allows."""
    allowed = joined["of_slice"].to_numpy(object)
    keep = allowed == ""
    for table in joined["table"].unique():
        mine = (joined["table"] == table).to_numpy()
        if output.is_built(str(table)):
            keep[mine] |= output.slices(str(table))[joined["row"].to_numpy(np.int64)[mine]] == allowed[mine]
    return keep.astype(bool)


def _same_subject(output: Output, name: str, at: pd.DataFrame, reads: pd.DataFrame, *, first: bool) -> pd.DataFrame:
    """The subject's records in a dataset that take its value from another one."""
    joined = at.merge(_renamed(reads), on=["table", "variable"])
    if not len(joined):
        return no_edges()
    joined = joined.loc[_of_slice(output, joined)]
    parts: list[pd.DataFrame] = []
    for table, part in joined.groupby("table", sort=False):
        theirs = output.subjects(str(table))
        theirs = theirs[~theirs.duplicated()] if first else theirs
        parts.append(part.assign(_subject=theirs.reindex(part["row"]).to_numpy()))
    asked = pd.concat(parts, ignore_index=True).dropna(subset="_subject") if parts else joined.assign(_subject="")
    own = output.subjects(name)
    place = pd.DataFrame({"_subject": own.to_numpy(), "to_row": own.index.to_numpy(np.int64)})
    place["slice"] = output.slices(name)[place["to_row"].to_numpy(np.int64)]
    found = asked.merge(place, on=["_subject", "slice"])
    return found.assign(rule=OF_SUBJECT if first else PERHAPS, to_table=name)
