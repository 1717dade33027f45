"""What a function must be like to be registered as a derivation: each fault at the line where it stands."""

from __future__ import annotations

import inspect
import string
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

from specs.arguments import Arguments
from specs.errors import Problem, SpecError

_RESULTS = {"variable": "pd.Series", "records": "Records"}


def refuse(function: Callable[..., Any], name: object, message: str, found: str, expected: str) -> NoReturn:
    """Raise the SpecError that a registration is."""
    file, line = standing(function)
    raise SpecError([Problem(file, line, f"derivation {name}", message, found, expected)])


def standing(function: Callable[..., Any]) -> tuple[str, int]:
    """The file, by name, and the line on which a function stands."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return (Path(code.co_filename).name, code.co_firstlineno) if code else ("", 0)


def failing(function: Callable[..., Any], error: Exception) -> tuple[str, int]:
    """The file of a function and the last of its lines that led to an error; else the line where it stands."""
    file, line = standing(function)
    module = inspect.getfile(inspect.unwrap(function))
    inner = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == module]
    return file, (inner[-1].lineno if inner else None) or line


def argument_model(kind: str, name: object, function: Callable[..., Any]) -> type[Arguments]:
    """The argument model: the annotation of the second parameter, looked up where the function stands."""
    called = getattr(function, "__name__", "function")
    expected = f"def {called}(scope: Scope, args: MODEL) -> {_RESULTS[kind]}, MODEL a subclass of Arguments"
    signature = inspect.signature(function)
    try:
        signature.bind(None, None)
    except TypeError:
        refuse(function, name, "it is called with two arguments", f"def {called}{signature}", expected)
    parameters = list(signature.parameters.values())
    annotation = parameters[1].annotation if len(parameters) > 1 else inspect.Parameter.empty
    if annotation is inspect.Parameter.empty:
        refuse(function, name, "its second parameter has no annotation", f"def {called}{signature}", expected)
    model = _looked_up(function, annotation) if isinstance(annotation, str) else annotation
    if not (isinstance(model, type) and issubclass(model, Arguments)):
        shown = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
        refuse(function, name, "its second parameter is no argument model", shown, expected)
    return model


def _looked_up(function: Callable[..., Any], annotation: str) -> object:
    first, *rest = annotation.split(".")
    found = getattr(function, "__globals__", {}).get(first)
    for part in rest:
        found = getattr(found, part, None)
    return found


def check_words(
    name: object, function: Callable[..., Any], model: type[Arguments], short: str | None, sentence: object
) -> None:
    """The name, the short argument and the sentence of a derivation: what they name must be arguments."""
    known = [*model.model_fields]
    if not isinstance(name, str) or not name:
        refuse(function, name, "its name is no text", repr(name), "a name, such as study_day")
    if short is not None and short not in known:
        refuse(function, name, "`short` names no argument", repr(short), ", ".join(known) or "no `short`")
    if isinstance(sentence, str):
        unknown = [field for field in _fields(function, name, sentence) if field not in known]
        if unknown:
            refuse(
                function, name, "its sentence names no argument", f"{{{unknown[0]}}}", ", ".join(known) or "no braces"
            )
    elif not callable(sentence):
        refuse(function, name, "its sentence is no text", repr(sentence), "a text, or a function of the arguments")


def _fields(function: Callable[..., Any], name: object, sentence: str) -> Iterable[str]:
    try:
        return [field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None]
    except ValueError as error:
        refuse(function, name, f"its sentence can't be read: {error}", repr(sentence), "{argument} in pairs of braces")
