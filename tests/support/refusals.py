"""Finds the sentences of errors in the source: with the places of their values as letters, `at most {a} at once`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import ascii_lowercase

RAISED = {  # error → the place of its sentence among the arguments
    "BadInput": 2, "Unusable": 2, "ValueError": 0, "WorkerDied": 0, "NotDrawn": 0, "told": 0,
}  # fmt: skip
DEEPEST = 6  # steps from a call to what it is made of
NAMES = re.compile(r"-+\w+|\w*[._]\w*")  # of flags, files and settings, which no language changes


def refusals_in(source: str) -> tuple[set[str], set[str]]:
    """Return the sentences of the errors of a module with their parts, and the expressions that are not literals."""
    tree = ast.parse(source)
    sentences: set[str] = set()
    others: set[str] = set()
    for scope, call in _calls(tree, (tree,)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        at = RAISED.get(name)
        if at is None or len(call.args) <= at or any(isinstance(one, ast.Starred) for one in call.args):
            continue
        for text in _texts(call.args[at], scope, sentences, others, 0):
            sentences.add(sentence(text))
    return {one for one in sentences if is_words(one)}, others


def is_words(text: str) -> bool:
    """Whether a text has letters beside its values, and is no name."""
    return bool(re.search(r"[^\W\d_]", re.sub(r"{\w}", "", text))) and not NAMES.fullmatch(text)


def sentence(text: str) -> str:
    """Return a text as a sentence of the catalogue; `\\0` stands for a value, and values side by side are one."""
    letters = iter(ascii_lowercase)
    text = text.replace("{}", "\0").replace("{", "{{").replace("}", "}}")
    return re.sub("\0+", lambda _: f"{{{next(letters)}}}", text)


def _calls(node: ast.AST, scope: tuple[ast.AST, ...]) -> Iterator[tuple[tuple[ast.AST, ...], ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inner = (*scope, child) if isinstance(child, ast.FunctionDef | ast.ClassDef) else scope
        if isinstance(child, ast.Call):
            yield inner, child
        yield from _calls(child, inner)


def _texts(node: ast.AST, scope: tuple[ast.AST, ...], parts: set[str], others: set[str], depth: int) -> Iterator[str]:
    """Yield the texts that an expression may be; the texts of its parts go into `parts`."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, scope, parts, others, depth)
            yield from _texts(other, scope, parts, others, depth)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _texts(value, scope, parts, others, depth)
        case ast.JoinedStr(values=values):
            for value in values:
                if isinstance(value, ast.FormattedValue):
                    parts.update(sentence(text) for text in _texts(value.value, scope, parts, set(), depth + 1))
            yield "".join(str(value.value) if isinstance(value, ast.Constant) else "\0" for value in values)
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            for first in _texts(one, scope, parts, others, depth):
                for second in _texts(other, scope, parts, others, depth):
                    yield first + second
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=""), attr="join"), args=[ast.GeneratorExp(elt=one)]):
            yield from _texts(one, scope, parts, others, depth)
        case ast.Name(id=name) if depth < DEEPEST:
            yield from _assigned(name, node, scope, parts, others, depth)
        case ast.Call(func=ast.Name(id="Notice")):  # which has its own words in the catalogue
            return
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            yield from _returned(name, node, scope, parts, others, depth)
        case _:
            others.add(ast.unparse(node))


def _assigned(name: str, node: ast.AST, scope: tuple[ast.AST, ...], parts: set[str], others: set[str], depth: int
) -> Iterator[str]:  # fmt: skip
    values = [value for level in reversed(scope) for one in ast.walk(level) for value in _values(one, name)]
    if not values:
        others.add(ast.unparse(node))
    for value in values:
        yield from _texts(value, scope, parts, others, depth + 1)


def _values(node: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield what a statement gives to a name."""
    match node:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            yield value
        case ast.NamedExpr(target=ast.Name(id=target), value=value) if target == name:
            yield value
        case ast.AugAssign(target=ast.Name(id=target), value=value) if target == name:
            yield value
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            for target, value in zip(targets, values, strict=False):
                if isinstance(target, ast.Name) and target.id == name:
                    yield value


def _returned(name: str, node: ast.AST, scope: tuple[ast.AST, ...], parts: set[str], others: set[str], depth: int
) -> Iterator[str]:  # fmt: skip
    found = [one for one in ast.walk(scope[0]) if isinstance(one, ast.FunctionDef) and one.name == name]
    if depth > DEEPEST:
        return
    if not found:
        others.add(ast.unparse(node))
    for function in found:
        for one in ast.walk(function):
            if isinstance(one, ast.Return) and one.value is not None:
                yield from _texts(one.value, (scope[0], function), parts, others, depth + 1)
