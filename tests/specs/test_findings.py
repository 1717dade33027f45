"""Findings: exact counts, the first thousand rows of a rule in key order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from specs.findings import SHOWN, Finding, Findings, causality


def finding(subject, severity="error", rule="r"):
    return Finding(severity, rule, "a sentence", "AE", "AETERM", subject)


def test_the_most_severe_first_then_by_place():
    findings = Findings()
    findings.add([finding("2", "info"), finding("9"), finding("1")])
    assert [(f.severity, f.usubjid) for f in findings.rows()] == [("error", "1"), ("error", "9"), ("info", "2")]
    assert (findings.count("error"), findings.count("warning"), findings.count("info")) == (2, 0, 1)


def test_counts_are_exact_where_rows_are_not_all_shown():
    findings = Findings()
    findings.add([finding(f"{n:05}") for n in range(SHOWN)], count=5 * SHOWN)
    assert len(findings.rows()) == SHOWN
    assert findings.count("error") == 5 * SHOWN


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(0, 30))
def test_parts_merge_in_any_order_to_the_same(subjects, cut):
    parts = [Findings(), Findings()]
    for number, chosen in enumerate((subjects[:cut], subjects[cut:])):
        parts[number].add([finding(str(s)) for s in chosen])
    results = []
    for order in (parts, parts[::-1]):
        merged = Findings()
        for part in order:
            merged.merge(part)
        results.append((merged.rows(), merged.counts()))
    assert results[0] == results[1]


def test_causes_come_before_what_only_follows_from_them():
    rules = ["schema.required", "visit.unknown", "value.date", "value.term", "input.column"]
    assert sorted(rules, key=causality) == rules[::-1]


def test_a_group_stands_under_its_place_with_its_first_finding():
    findings = Findings()
    findings.add([finding("9"), finding("1")])
    findings.add([finding("2", rule="schema.required")] * 5)
    findings.add([finding("3", rule="input.column")])
    findings.add([finding("4", severity="info")])
    found = [(place.rule, place.variable, group.first.usubjid) for place, group in findings.causes_first("error")]
    assert found == [("input.column", "AETERM", "3"), ("r", "AETERM", "1"), ("schema.required", "AETERM", "2")]
    assert {place.severity for place in findings.groups} == {"error", "info"}
