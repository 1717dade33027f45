"""What only the whole can do once the parts are put together."""

from __future__ import annotations

import sys

import pytest
from small_study import FILES, write

import oncdisc
from oncdisc.engines import load_spec
from oncdisc.pipeline.assemble import assemble, report_slices_without_records
from oncdisc.pipeline.parts import PartResult
from specs.interpreter import Account


def accounts(folder, *parts):
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    made = [PartResult(accounts=[Account("AE", "ae", "ae", 5, 5 - sum(part.values()), part)]) for part in parts]
    whole = assemble(made, load_spec(folder))
    return [(a.read, a.used, list(a.excluded.items())) for a in whole.accounts]


def test_accounts_of_parts_add_up(tmp_path):
    assert accounts(tmp_path, {"b": 1}, {"a": 2, "b": 1}) == [(10, 6, [("a", 2), ("b", 2)])]


def test_rules_stand_in_the_same_order_in_one_part_as_in_several(tmp_path):
    assert accounts(tmp_path, {"b": 1, "a": 2}) == [(5, 2, [("a", 2), ("b", 1)])]


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise ModuleNotFoundError(name='distributed')", r"needs the extra: pip install 'oncdisc\[dask\]'"),
        ("import no_such_part", "distributed is installed and can't be loaded: No module named 'no_such_part'"),
        ("raise ImportError('libssl.so.9: no such file')", "can't be loaded: libssl.so.9: no such file"),
    ],
)
def test_why_dask_cannot_be_used(small, tmp_path, monkeypatch, module, said):
    (tmp_path / "distributed.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "distributed", raising=False)
    with pytest.raises(oncdisc.UsageError, match=said):
        oncdisc.build(small / "study", raw=small / "raw", out=small / "out", engine="dask")


def test_a_slice_that_takes_none_of_a_forms_records_is_said(tmp_path):
    write(tmp_path, FILES)
    spec = load_spec(tmp_path)
    accounts = [
        Account("AE", "ae", "ae", 5, 0, {"not: AEYN is Y": 5}),
        Account("AE", "more", "ae", 5, 1, {"not: AEYN is Y": 4}),
        Account("AE", "none", "ae", 0, 0, {}),
        Account("ADSL", "DM", "DM", 5, 0, {}),
    ]
    whole = PartResult(accounts=accounts)
    report_slices_without_records(whole, spec)
    assert [(f.severity, f.rule, f.dataset, f.message) for f in whole.findings.rows()] == [
        ("info", "records.none", "AE", "slice ae takes none of the 5 records of ae: not: AEYN is Y (5)")
    ]
