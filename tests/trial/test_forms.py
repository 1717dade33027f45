"""Forms and their columns, and the page that describes them."""

from __future__ import annotations

from pathlib import Path

from oncdisc.trial.forms import SYSTEM, Item, forms_of
from oncdisc.trial.truth import COLUMNS

FORMS = forms_of({"sel": "Selinexor", "ade": "Adebrelimab"}, {"sel": "ex_sel", "ade": "ex_ade"}, ["ade"])
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "es_sclc.md").read_text(encoding="utf-8")


def test_columns_of_each_kind() -> None:
    assert Item("A", "text", "").columns == ("A",)
    assert Item("A", "code", "").columns == ("A", "A_STD")
    assert Item("A", "number", "").columns == ("A", "A_RAW")
    assert Item("A", "date", "").columns == ("A", "A_RAW", "A_YYYY", "A_MM", "A_DD")


def test_system_columns_come_first_in_every_form() -> None:
    assert all(form.columns[: len(SYSTEM)] == SYSTEM for form in FORMS.values())


def test_no_column_twice() -> None:
    assert all(len(set(form.columns)) == len(form.columns) for form in FORMS.values())


def test_each_drug_has_its_form_and_its_columns_in_the_event_log() -> None:
    assert {"ex_sel", "ex_ade"} <= set(FORMS)
    assert {"AEREL_SEL_STD", "AEACN_ADE"} <= set(FORMS["ae"].columns)


def test_only_the_forms_of_infusions_ask_for_an_interruption() -> None:
    assert "EXINTSTM" in FORMS["ex_ade"].columns
    assert "EXINTSTM" not in FORMS["ex_sel"].columns


def test_the_page_describes_every_form_and_item() -> None:
    missing = [item.name for form in FORMS.values() for item in form.items if f"`{item.name}`" not in PAGE]
    assert missing == []
    assert all(f"### `{name}`: {form.page}" in PAGE for name, form in FORMS.items())


def test_the_page_describes_every_column_of_the_truth() -> None:
    stems = {name.removeprefix("TRUE_").split("_")[0] for name in COLUMNS}
    assert [stem for stem in stems if stem not in PAGE] == []
