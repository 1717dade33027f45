"""A trace in the terminal: a tree of records with their values and the sentences that made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from oncdisc.review.trace.output import RECORD
from oncdisc.review.trace.steps import Group, Step, Value
from oncdisc.review.trace.tracing import Reached, RecordTrace, Trace
from specs.wording import counted, few

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

MOST_LISTED = 8
"""Records of a group that are listed one by one; the JSON has them all."""
MOST_NAMES = 8


def render(found: Trace, console: Console) -> None:
    """Print every record that was traced."""
    for record in found.records:
        _record(record, console)
    rest = found.matched - len(found.records)
    if rest:
        console.print(f"{counted(rest, 'more record')} to trace: give more VARIABLE=VALUE, or --most", style="yellow")


def _record(record: RecordTrace, console: Console) -> None:
    if record.back:
        console.print(_tree(record.back), soft_wrap=False)
        console.print()
    if record.forward is None:
        return
    if not record.reached:
        console.print(f"nothing is made from {record.forward.name}", style="dim")
        return
    console.print("Made from it:", style="bold")
    console.print(_tree(record.forward, onward=True))
    console.print()
    console.print("In all, what may change if it changes:", style="bold")
    for dataset, slices, count, variables in _merged(record.reached):
        place = f"{dataset} {few(slices, MOST_NAMES)}" if slices != (dataset,) else dataset
        console.print(f"  {place}: {counted(count, 'record')}: {few(variables, MOST_NAMES)}", highlight=False)
    console.print()


def _merged(reached: tuple[Reached, ...]) -> Iterator[tuple[str, tuple[str, ...], int, tuple[str, ...]]]:
    """Slices of which the same variables are reached, in one line."""
    found: dict[tuple[str, tuple[str, ...]], list[Reached]] = {}
    for one in reached:
        found.setdefault((one.dataset, one.variables), []).append(one)
    for (dataset, variables), several in found.items():
        yield dataset, tuple(one.slice for one in several), sum(one.records for one in several), variables


def _tree(step: Step, *, onward: bool = False) -> Tree:
    from rich.tree import Tree

    tree = Tree(_head(step), guide_style="dim")
    _fill(tree, step, onward)
    return tree


def _fill(tree: Tree, step: Step, onward: bool) -> None:
    if step.outcome and not step.again:
        tree.add(_line(("outcome: ", "bold"), (step.outcome, "bold green")))
    if step.sentence and not step.again and not onward:
        _rule(tree, step)
    if onward and step.values:
        tree.add(_line((few([value.variable for value in step.values], MOST_NAMES), "default")))
    else:
        for value in step.values:
            tree.add(_value(value))
    for rules, group in _alike(step.groups if not onward else ()):
        _group(tree, rules, group)
    for below in step.steps:
        _fill(tree.add(_head(below)), below, onward)
    for group in step.groups if onward else ():
        count = f"{counted(group.count, 'record')} {group.rule}"
        tree.add(_line((group.table, "bold"), (f" {count}: {few(group.variables, MOST_NAMES)}", "default")))


def _head(step: Step) -> Text:
    rules = ", ".join(rule for rule in step.rules if rule != RECORD)
    words = [(step.name, "bold cyan"), (f"  {step.label}", "default")]
    if rules:
        words.insert(0, (f"{rules}: ", "magenta"))
    if step.again:
        words.append(("  as above", "dim"))
    return _line(*words)


def _value(value: Value) -> Text:
    words = [(value.variable, "bold"), (" = ", "dim"), (value.value or "(blank)", "green")]
    if value.sentence and value.sentence not in (value.value, value.variable):
        words += [(f"  {value.sentence}", "default"), (f"  {value.spec}", "dim")]
    return _line(*words)


def _rule(tree: Tree, step: Step) -> None:
    """The sentence of a rule; one of several parts has a line for each, and for each of the sources it weighs."""
    parts = step.sentence.split(". ")
    if len(parts) == 1:
        tree.add(_line(("rule: ", "bold"), (step.sentence, "italic"), (f"  {step.spec}", "dim")))
        return
    branch = tree.add(_line(("rule:", "bold"), (f"  {step.spec}", "dim")))
    for part in parts:
        head, colon, rest = part.partition(": ")
        listed = rest.split("; ")
        if len(listed) == 1:
            branch.add(_line((part, "italic")))
            continue
        below = branch.add(_line((head + colon.rstrip(), "italic")))
        for words in listed:
            below.add(_line((words, "italic")))


def _alike(groups: Iterable[Group]) -> list[tuple[list[str], Group]]:
    """Groups that would list the same, under all their rules at once."""
    found: dict[tuple[Any, ...], tuple[list[str], Group]] = {}
    for group in groups:
        listed = tuple((step.name, step.values, step.won) for step in group.records)
        found.setdefault((group.table, group.rule.startswith("related"), listed), ([], group))[0].append(group.rule)
    return list(found.values())


def _group(tree: Tree, rules: list[str], group: Group) -> None:
    looked = "" if group.rule.startswith("related") else "looked at, "
    head = (f"{looked}{' and '.join(rules)}: ", "magenta")
    branch = tree.add(_line(head, (f"{group.count} of {group.table}", "default")))
    for text in _listed(group):
        branch.add(text)


def _listed(group: Group) -> Iterator[Text]:
    for step in group.records[:MOST_LISTED]:
        named = step.name.partition(" (")[2].removesuffix(")").split(", ")
        said = [f"{value.variable} {value.value}" for value in step.values if value.value]
        values = ", ".join(words for words in said if words not in named)
        won = "  ◀ chosen" if step.won else ""
        yield _line((step.name, "cyan"), (f"  {values}" if values else "", "default"), (won, "bold green"))
    if len(group.records) > MOST_LISTED:
        yield _line((f"and {len(group.records) - MOST_LISTED} more", "dim"))


def _line(*words: tuple[str, str]) -> Text:
    from rich.text import Text

    return Text.assemble(*words)
