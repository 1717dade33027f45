"""One fault said once: what a weaker rule says is left out where a stronger one says it of the same records."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd
import pytest

from oncdisc import checks
from oncdisc.checks.folding import Folding, strongest_first
from oncdisc.checks.registry import Breach
from specs.models import Acceptance
from tests.checks.builders import package
from tests.checks.cases import Mutation, cases
from tests.checks.workbench import Workbench

RULES = checks.all_rules()
PAIRS = [(weaker.id, stronger) for weaker in RULES.values() for stronger in weaker.yields_to]
STRONG, WEAK = "terminology.closed", "define.codelist"
_RANK = {"error": 0, "warning": 1, "info": 2}


def folded(*breaches: tuple[str, Breach], accept: tuple[Acceptance, ...] = ()) -> tuple[list[Breach], Folding]:
    """What is left of breaches of rules, in their order."""
    folding = Folding(RULES, accept)
    left = [list(folding.remaining(RULES[name], [breach])) for name, breach in breaches]
    return list(chain.from_iterable(left)), folding


def breach(*rows: int) -> Breach:
    return Breach("DM", "SEX", pd.Series([f"record {row}" for row in rows]), np.array(rows))


def test_the_records_that_a_stronger_rule_names_are_left_out_with_what_is_said_of_them():
    (_, rest), folding = folded((STRONG, breach(1, 3)), (WEAK, breach(1, 2, 3, 4)))
    assert rest.rows is not None
    assert rest.rows.tolist() == [2, 4]
    assert list(rest.message) == ["record 2", "record 4"]
    (said,) = folding.folded
    assert (said.rule, said.under, said.dataset, said.variable, said.count) == (WEAK, STRONG, "DM", "SEX", 2)


@pytest.mark.parametrize("other", [Breach("DM", "RACE", "", np.array([1])), Breach("AE", "SEX", "", np.array([1]))])
def test_another_variable_or_dataset_is_another_fault(other: Breach):
    left, folding = folded((STRONG, other), (WEAK, breach(1)))
    assert (len(left), folding.folded) == (2, [])


def test_a_breach_of_the_whole_variable_is_left_out_for_one_of_the_same_value():
    whole = Breach("DM", "X1", values="a")
    strong, weak = "structure.variable_unknown", "define.variable"
    assert len(folded((strong, whole), (weak, Breach("DM", "X1", values="a")))[0]) == 1
    assert len(folded((strong, whole), (weak, Breach("DM", "X1")))[0]) == 1
    assert len(folded((strong, whole), (weak, Breach("DM", "X1", values="b")))[0]) == 2


def test_nothing_is_left_out_for_what_the_study_may_explain_away():
    accept = (Acceptance(rule="FDA CT2001", dataset="DM", reason="known", values=["Q"]),)
    assert len(folded((STRONG, breach(1)), (WEAK, breach(1)), accept=accept)[0]) == 2


def test_a_rule_that_runs_alone_says_all():
    found = package({"ADSL": "USUBJID SAFFL / 1 X"})
    assert [row.rule for row in checks.run(found, ["terminology.values", "adam.5"]).rows()] == ["adam.5"]
    assert [row.rule for row in checks.run(found, ["terminology.values"]).rows()] == ["terminology.values"]


def test_a_rule_comes_after_those_that_it_gives_way_to_and_is_no_more_severe():
    order = {rule.id: place for place, rule in enumerate(strongest_first(RULES))}
    assert [pair for pair in PAIRS if order[pair[1]] > order[pair[0]]] == []
    assert [pair for pair in PAIRS if _RANK[RULES[pair[1]].severity] > _RANK[RULES[pair[0]].severity]] == []


def _overlaps(workbench: Workbench, weaker: str, stronger: str, mutation: Mutation) -> bool:
    """Whether a seeded error shows under both rules, and under the stronger alone in a check."""
    with workbench.mutated(mutation) as mutant:
        folding = Folding(RULES)
        checks.run(mutant.package, [weaker, stronger], folding=folding)
        return any((item.rule, item.under) == (weaker, stronger) for item in folding.folded)


@pytest.mark.parametrize(("weaker", "stronger"), PAIRS, ids=[" to ".join(pair) for pair in PAIRS])
def test_a_seeded_error_of_one_shows_under_both_and_is_said_once(weaker: str, stronger: str, workbench: Workbench):
    known = cases()
    mutations = (*known[stronger].breaks, *known[weaker].breaks)
    assert any(_overlaps(workbench, weaker, stronger, mutation) for mutation in mutations)
