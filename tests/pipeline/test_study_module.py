"""Derivations of a study's own: what is wrong with one is named with its line in the study's module."""

from __future__ import annotations

from textwrap import dedent

import pytest
from small_study import AE

import oncdisc
from oncdisc import OncdiscError, SpecError
from specs.errors import DerivationError

HEAD = """\
from __future__ import annotations
import pandas as pd
from specs.arguments import Arguments, Column
from specs.registry import records, variable
from specs.scope import Records, Scope

class Shout(Arguments):
    text: Column

"""
DECORATED = '@variable("shout", short="text", sentence="{text} in capitals")\n'
SIGNATURE = "def shout(scope: Scope, args: Shout) -> pd.Series:\n"


SHOUTING = AE.replace("{copy: TERM}", "{shout: TERM}")


def built(small, module, ae=SHOUTING, jobs=1):
    """Build the small study with a module of its own, in which the derivation stands on line 10."""
    path = small / "study/study.yaml"
    path.write_text(path.read_text() + "module: words.py\n")
    (small / "study/sdtm/ae.yaml").write_text(ae)
    (small / "study/words.py").write_text(HEAD + dedent(module))
    return oncdisc.build(small / "study", raw=small / "raw", out=small / "out", jobs=jobs)


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (
            DECORATED + "def shout(scope, args): ...",
            "words.py:10: derivation shout: its second parameter has no annotation; found def shout(scope, args); "
            "expected def shout(scope: Scope, args: MODEL) -> pd.Series, MODEL a subclass of Arguments",
        ),
        (DECORATED + "def shout(scope: Scope): ...", "words.py:10: derivation shout: it is called with two arguments"),
        (
            DECORATED + "def shout(scope: Scope, args: Whisper): ...",
            "words.py:10: derivation shout: its second parameter is no argument model; found Whisper",
        ),
        (
            DECORATED + "def shout(scope: Scope, args: pd.DataFrame): ...",
            "words.py:10: derivation shout: its second parameter is no argument model; found pd.DataFrame",
        ),
        (
            '@records("shout", sentence="")\ndef shout(scope, args): ...',
            "expected def shout(scope: Scope, args: MODEL) -> Records, MODEL a subclass of Arguments",
        ),
        (
            DECORATED.replace("{text}", "{txet}") + SIGNATURE + "    ...",
            "words.py:10: derivation shout: its sentence names no argument; found {txet}; expected text",
        ),
        (
            DECORATED.replace("{text}", "{text") + SIGNATURE + "    ...",
            "words.py:10: derivation shout: its sentence can't be read: expected '}' before end of string",
        ),
        (
            DECORATED.replace('short="text"', 'short="txet"') + SIGNATURE + "    ...",
            "words.py:10: derivation shout: `short` names no argument; found 'txet'; expected text",
        ),
        ("@variable\n" + SIGNATURE + "    ...", "words.py:10: module: can't be loaded; found TypeError: variable()"),
        (
            (DECORATED + SIGNATURE + "    ...\n") * 2,
            "words.py:13: derivation shout: it is registered twice; found words.py:10; expected another name",
        ),
        (
            DECORATED.replace('"shout"', '"copy"') + SIGNATURE + "    ...",
            "words.py:10: derivation copy: it is registered twice; found basic.py:",
        ),
        (
            '@variable("shout", short="text", sentence=lambda args: args.loud)\n' + SIGNATURE + "    ...",
            "words.py:10: derivation shout: can't be used as at sdtm/ae.yaml:7; found AttributeError",
        ),
        (
            '@variable("shout", short="text", sentence=lambda args: None)\n' + SIGNATURE + "    ...",
            "words.py:10: derivation shout: can't be used as at sdtm/ae.yaml:7; "
            "found TypeError: its sentence is a NoneType, not a text",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_registered(small, module, said):
    with pytest.raises(SpecError) as caught:
        built(small, module)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "    return scope.column(args.text).repeat(2)",
            "words.py:10: AE[ae].AETERM: the derivation shout, used at sdtm/ae.yaml:7, gives what can't be used; "
            "found ",
        ),
        ("    scope.column(args.text)", "found None; expected a pandas Series of"),
        ("    return scope.column(args.text).to_numpy()", "found a ndarray; expected a pandas Series of"),
        ("    return scope.column(args.text).str.len()", "found numbers; expected text, which number_text makes"),
        (
            "    words = scope.column(args.text)\n    return {}[len(words)]",
            "words.py:13: AE[ae].AETERM: the derivation shout, used at sdtm/ae.yaml:7, can't be carried out; "
            "found KeyError: ",
        ),
        ("    return scope.column(args.text).astype(int)", "words.py:12: AE[ae].AETERM: the derivation shout"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_derivation_must_not_do_is_named_with_its_place(small, body, said, jobs):
    with pytest.raises(DerivationError) as caught:
        built(small, DECORATED + SIGNATURE + body, jobs=jobs)
    assert said in str(caught.value)
    assert not (small / "out").exists()


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (
            "None",
            "words.py:10: AE[loud] records: the derivation loud, used at sdtm/ae.yaml:4, gives what",
        ),
        (
            'Records(np.zeros(2, int), {"AETERM": pd.Series(["A"])})',
            "found 1 values of AETERM; expected 2, one a",
        ),
        ("Records(np.array([99]))", "found a `subject` that is none of the part's"),
    ],
)
def test_records_that_do_not_fit_together(small, result, said):
    module = f"""\
    @records("loud", sentence="Loud", produces=("AETERM",))
    def loud(scope: Scope, args: Arguments) -> Records:
        import numpy as np
        return {result}
    """
    ae = """
    dataset: AE
    keys: [STUDYID, USUBJID, AETERM]
    records: [{id: loud, loud: {}}]
    variables: {AESEQ: {sequence: [AETERM]}, AETERM: {copy: AETERM}}
    """
    with pytest.raises(DerivationError) as caught:
        built(small, module, dedent(ae))
    assert said in str(caught.value)


def test_a_module_that_is_mended_is_read_again(small):
    with pytest.raises(OncdiscError):
        built(small, DECORATED + SIGNATURE + "    return None")
    (small / "study/words.py").write_text(
        HEAD + DECORATED + SIGNATURE.replace("shout(", "louder(") + "    return scope.column(args.text).str.upper()\n"
    )
    result = oncdisc.build(small / "study", raw=small / "raw", out=small / "out", formats=["csv"])
    assert result.exit_status == 0
    assert "HEADACHE" in (small / "out/tabulations/sdtm/ae.csv").read_text()


def test_a_fault_of_ours_says_what_was_being_derived(small, monkeypatch):
    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("specs.registry.Bound.run", fails)
    with pytest.raises(ZeroDivisionError) as caught:
        oncdisc.build(small / "study", raw=small / "raw", out=small / "out")
    assert any("was derived by" in note for note in caught.value.__notes__)
