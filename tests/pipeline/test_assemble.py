"""What only the whole can do once the parts are put together."""

from __future__ import annotations

from small_study import FILES

from oncdisc.engines import load_spec
from oncdisc.pipeline.assemble import assemble
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
