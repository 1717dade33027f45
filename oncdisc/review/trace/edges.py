"""Lineage as a graph: which value of which record was made from which, followed back or forward.

A node is (table, row, variable), the variable "" being the record itself. An edge leads from a node to one that it
reads: `to_table`, `to_row`, `to_variable`, with the rule that links the records. Nodes carry an `origin`, so that many
records are followed at once.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oncdisc.review.trace.output import RECORD, ROWS, Output

NODE = ["origin", "table", "row", "variable"]
EDGE = [*NODE, "kind", "rule", "to_table", "to_row", "to_variable"]
LOOKED_AT = r"^(?:events:|stops:|censor:|seen$|assessments$|records of the subject$)"
OF_SUBJECT = "of the subject"
PERHAPS = "records of the subject"
"""The rule of records that a derivation may have looked at: it does not say which."""


def nodes(origin: object, table: str, row: object, variable: object) -> pd.DataFrame:
    """Nodes from scalars and columns."""
    return pd.DataFrame({"origin": origin, "table": table, "row": row, "variable": variable})


def no_edges() -> pd.DataFrame:
    return pd.DataFrame(columns=EDGE).astype({"origin": "int64", "row": "int64", "to_row": "int64"})


def is_looked_at(rule: pd.Series) -> pd.Series:
    """Whether a rule names records that were looked at, not those that a record was made from."""
    return rule.astype(str).str.match(LOOKED_AT)


def made_from(output: Output, start: pd.DataFrame, *, looked_at: bool = False, blank: bool = True) -> pd.DataFrame:
    """Every edge that leads back from some nodes.

    `looked_at`: also on from the records that were looked at and not chosen. `blank`: also on from values that are
    missing.
    """
    known = start[NODE].drop_duplicates(ignore_index=True)
    known = pd.concat([known, _records(known)]).drop_duplicates(ignore_index=True)
    frontier = known
    found: list[pd.DataFrame] = [no_edges()]
    while len(frontier):
        parts = [reads_of(output, str(table), part) for table, part in frontier.groupby("table", sort=False)]
        edges = pd.concat([no_edges(), *parts], ignore_index=True)
        found.append(edges)
        onward = edges if looked_at else edges.loc[~is_looked_at(edges["rule"]).to_numpy(bool)]
        reached = ends(onward)
        if not blank:
            reached = _filled(output, reached)
        reached = pd.concat([reached, _records(reached)])
        frontier = new_nodes(reached, known)
        known = pd.concat([known, frontier], ignore_index=True)
    return pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True)


def reads_of(output: Output, table: str, at: pd.DataFrame) -> pd.DataFrame:
    """The edges from nodes of one table, one step back."""
    if not output.is_built(table):
        return no_edges()
    slices = output.slices(table)[at["row"].to_numpy(np.int64)]
    reads = output.reads(table).rename(columns={"table": "to_table", "column": "to_variable"})
    asked = at.assign(slice=slices).merge(reads, on=["slice", "variable"])
    own = asked.loc[asked["kind"] == "own"].assign(rule="own", to_row=lambda part: part["row"])
    parts = [own, _by_links(output, table, asked), _by_subject(output, table, asked)]
    return pd.concat([no_edges(), *(part[EDGE] for part in parts)], ignore_index=True)


def _by_links(output: Output, table: str, asked: pd.DataFrame) -> pd.DataFrame:
    """Edges to records that the record level names, and for rules that it says nothing of to all of the subject."""
    asked = asked.loc[asked["kind"].isin(["source", "rows", "values"])]
    if not len(asked):
        return asked.assign(rule="", to_row=0)
    links = output.links(table).rename(columns={"source": "to_table", "source_row": "to_row"})
    joined = asked.merge(links, on=["row", "to_table"])
    joined = joined.loc[fits(output, table, joined, joined["variable"])]
    joined = joined.loc[_of_slice(output, joined)]
    rest = _subject_rows(output, table, asked.loc[silent(output, table, asked)], first=False)
    return pd.concat([joined, rest.loc[_of_slice(output, rest)]], ignore_index=True)


def fits(output: Output, table: str, joined: pd.DataFrame, reader: pd.Series) -> np.ndarray:
    """Whether a link's rule is of the kind, and of the argument, that a read means."""
    kind, rule, role = joined["kind"], joined["rule"], joined["role"]
    argument = rule.str.partition(":")[0] if len(rule) else rule
    found = (kind == "source") & (rule == RECORD)
    found |= (kind == "values") & (rule == reader)
    of_record = (kind == "rows") & ~rule.isin(list(output.meta(table)["labels"]))
    found |= of_record & ((argument == role) | ~argument.isin(output.reads(table)["role"].unique()))
    return found.to_numpy(bool)


def silent(output: Output, table: str, reads: pd.DataFrame) -> np.ndarray:
    """Which reads of other records belong to a rule that notes none of them."""
    links = output.links(table)[["rule", "source"]].drop_duplicates()
    of_variable = links["rule"].isin(list(output.meta(table)["labels"])).to_numpy(bool)
    by_records = set(links.loc[~of_variable, "source"])
    by_variables = set(links.loc[of_variable, "rule"])
    silent = (reads["kind"] == "rows") & ~reads["to_table"].isin(by_records)
    silent |= (reads["kind"] == "values") & ~reads["variable"].isin(by_variables)
    return silent.to_numpy(bool)


def _of_slice(output: Output, joined: pd.DataFrame) -> np.ndarray:
    """Whether the record that an edge leads to is of a slice that the read allows."""
    allowed = joined["of_slice"].to_numpy(object)
    keep = allowed == ""
    for name in joined["to_table"].unique():
        mine = (joined["to_table"] == name).to_numpy()
        if output.is_built(str(name)):
            slices = output.slices(str(name))[joined["to_row"].to_numpy(np.int64)[mine]]
            keep[mine] |= slices == allowed[mine]
        else:
            keep[mine] = True
    return keep.astype(bool)


def _by_subject(output: Output, table: str, asked: pd.DataFrame) -> pd.DataFrame:
    """Edges to the subject's first record in another table."""
    return _subject_rows(output, table, asked.loc[asked["kind"] == "subject"], first=True)


def _subject_rows(output: Output, table: str, asked: pd.DataFrame, *, first: bool) -> pd.DataFrame:
    if not len(asked):
        return asked.assign(rule="", to_row=0)
    names = output.subjects(table)
    asked = asked.assign(_subject=names.reindex(asked["row"]).to_numpy())
    parts: list[pd.DataFrame] = []
    for name, part in asked.groupby("to_table", sort=False):
        if str(name) not in output.datasets and str(name) not in output.inputs:
            continue
        theirs = output.subjects(str(name))
        theirs = theirs[~theirs.duplicated()] if first else theirs
        place = pd.DataFrame({"_subject": theirs.to_numpy(), "to_row": theirs.index.to_numpy(np.int64)})
        parts.append(part.merge(place, on="_subject"))
    rest = pd.concat(parts, ignore_index=True) if parts else asked.iloc[:0].assign(to_row=0)
    return rest.assign(rule=OF_SUBJECT if first else PERHAPS)


def ends(edges: pd.DataFrame) -> pd.DataFrame:
    ends = edges[["origin", "to_table", "to_row", "to_variable"]].set_axis(NODE, axis=1)
    return ends.drop_duplicates(ignore_index=True)


def _records(reached: pd.DataFrame) -> pd.DataFrame:
    """The nodes of the records themselves: what made a record is part of where its values come from."""
    return reached[["origin", "table", "row"]].drop_duplicates().assign(variable=ROWS)[NODE]


def new_nodes(reached: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    both = reached[NODE].drop_duplicates().merge(known[NODE], on=NODE, how="left", indicator=True)
    return both.loc[both["_merge"] == "left_only", NODE].reset_index(drop=True)


def _filled(output: Output, reached: pd.DataFrame) -> pd.DataFrame:
    """The nodes whose value is there; records and values that the frame does not show are."""
    keep = np.ones(len(reached), dtype=bool)
    for (table, variable), part in reached.groupby(["table", "variable"], sort=False):
        frame = output.frame(str(table))
        if variable != ROWS and variable in frame:
            values = frame[str(variable)].reindex(part["row"])
            keep[part.index] = values.notna().to_numpy()
    return reached.loc[keep].reset_index(drop=True)
