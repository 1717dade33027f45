"""What define.xml would say and nobody defines is refused when the spec is read, with file and line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from specs.errors import SpecError
from specs.loader import Spec

Study = Callable[..., Spec]


def problems(study: Study, variable: str, extra: str = "") -> list[tuple[str, int, str, str]]:
    text = f"dataset: AE\nrecords: [{{from: ae}}]\nvariables:\n  AESEQ: {{sequence: [AETERM]}}\n  {variable}\n"
    with pytest.raises(SpecError) as caught:
        study(text, forms=("dm", "ae"), extra=extra)
    return [(one.file, one.line, one.message, one.expected) for one in caught.value.problems]


def test_a_codelist_that_nobody_defines(study: Study) -> None:
    found = problems(study, "AETERM: {copy: AETERM, codelist: MEDRA}", "codelists: {MEDDRA: {name: M, dictionary: M}}")
    assert [(file, line) for file, line, _, _ in found] == [("sdtm/0.yaml", 5)]
    assert found[0][2] == "no codelist of that name"
    assert "MEDDRA" in found[0][3]


def test_a_codelist_that_extends_nothing_is_named_at_its_line(study: Study) -> None:
    found = problems(study, "AETERM: {copy: AETERM}", "codelists:\n  MINE:\n    name: Mine\n    extends: ACNN\n")
    assert [(file, message) for file, _, message, _ in found] == [("study.yaml", "no codelist of that name")]
    assert found[0][1] > 1


def test_a_constant_outside_a_codelist_that_cannot_be_extended(study: Study) -> None:
    found = problems(study, "AESER: {constant: 'YES'}")
    assert found[0][:3] == ("sdtm/0.yaml", 5, "not a term of the codelist C66742, which can't be extended")


def test_pages_without_an_annotated_crf(study: Study) -> None:
    found = problems(study, "AETERM: {copy: AETERM, pages: '7'}")
    assert found[0][:2] == ("sdtm/0.yaml", 5)
    assert found[0][3] == "acrf among its documents"


def test_a_label_over_forty_characters(study: Study) -> None:
    found = problems(study, f"AETERM: {{copy: AETERM, label: {'x' * 41}}}")
    assert found[0][:2] == ("sdtm/0.yaml", 5)
    assert "40" in found[0][2]


def test_a_where_clause_with_a_variable_that_is_not_there(study: Study) -> None:
    found = problems(study, "AETERM: {described: {values: [{where: {AECAY: A}}]}}")
    assert found[0][:3] == ("sdtm/0.yaml", 5, "a where clause names a variable that is not there")


def test_a_where_clause_that_is_no_condition(study: Study) -> None:
    found = problems(study, "AETERM: {described: {values: [{where: {AESEQ: {ABOUT: 1}}}]}}")
    assert any("unknown comparator" in message for _, _, message, _ in found)
