"""JSON Schemas of Stripe's requests and answers, read from the installed library's own types: never stale, nothing to vendor.

Each service method `self._request("post", "/v1/...")` with its `params: "XxxParams"` gives an operation; its TypedDict becomes the
schema of the request, the class it answers the schema of the response (unknown fields refused, those not optional required).
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import inspect
import re
import sys
import typing
from pathlib import Path
from typing import Any, Literal, NotRequired, Required, get_args, get_origin

import jsonschema
import stripe
from stripe._request_options import RequestOptions
from stripe._stripe_object import StripeObject, UntypedStripeObject
from typing_extensions import get_type_hints, is_typeddict

ROOT = Path(stripe.__file__).parent
OPTIONS = set(RequestOptions.__annotations__)
PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}
Schema = dict[str, Any]
FILES = (
    "_transfer_service.py", "_transfer_reversal_service.py", "_balance_service.py", "_balance_transaction_service.py",
    "_event_service.py", "_webhook_endpoint_service.py", "_customer_service.py", "_customer_cash_balance_service.py", "_invoice_service.py",
    "_invoice_item_service.py", "_invoice_payment_service.py", "_payment_intent_service.py", "_charge_service.py", "_refund_service.py", "v2/core/_account_service.py", "v2/core/_account_link_service.py",
)
"""The services that Kith uses: reading all 647 operations takes a second more."""


class Operation(typing.NamedTuple):
    module: str
    params: str
    answers: tuple[str, ...]


@functools.cache
def operations() -> dict[tuple[str, str], Operation]:
    """By method and path template."""
    found: dict[tuple[str, str], Operation] = {}
    for path in sorted(ROOT.rglob("*_service.py")):
        if str(path.relative_to(ROOT)) in FILES:
            found.update(_operations_of(ast.parse(path.read_text())))
    return found


def _operations_of(tree: ast.Module) -> dict[tuple[str, str], Operation]:
    imports = {
        alias.asname or alias.name: node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    found = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        call = next((
            c for c in ast.walk(function) if isinstance(c, ast.Call) and isinstance(c.func, ast.Attribute) and c.func.attr == "_request"
        ), None)
        if call is None or not isinstance(call.args[0], ast.Constant):
            continue
        where = call.args[1]
        if isinstance(where, ast.Constant):
            template = str(where.value)
        elif isinstance(where, ast.Call) and isinstance(where.func, ast.Attribute) and isinstance(where.func.value, ast.Constant):
            template = str(where.func.value.value)
        else:
            continue
        annotation = next((argument.annotation for argument in function.args.args if argument.arg == "params"), None)
        names = re.findall(r"\w+Params\w*", ast.unparse(annotation)) if annotation else []
        answers = tuple(re.findall(r"\w+", ast.unparse(function.returns).strip("'\""))) if function.returns else ()
        found[str(call.args[0].value).upper(), template] = Operation(imports.get(names[0], "") if names else "", names[0] if names else "", answers)
    return found


def match(method: str, path: str) -> str | None:
    """The template of an address that Stripe has."""
    for known, template in operations():
        if known == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return template
    return None


@functools.cache
def request_schema(method: str, template: str) -> Schema:
    operation = operations()[method, template]
    if not operation.params:
        return {"type": "object", "additionalProperties": False, "properties": {}}
    return _schema(getattr(importlib.import_module(operation.module), operation.params))


def _schema(kind: Any, seen: tuple[Any, ...] = ()) -> Schema:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (NotRequired, Required):
        return _schema(args[0], seen)
    if kind in PLAIN:
        return {"type": PLAIN[kind]}
    if origin is Literal:
        return {"type": "string", "enum": list(args)}
    if origin is list:
        return {"type": "array", "items": _schema(args[0], seen)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(args[1], seen)}
    if is_typeddict(kind):
        return {} if kind in seen else _schema_of_dict(kind, seen)
    if origin is typing.Union or type(kind).__name__ == "UnionType":
        parts = [_schema(part, seen) for part in args if part is not type(None)]
        if any("enum" in part for part in parts):  # Literal[...] | str is an open enum: here only what Stripe lists passes
            parts = [part for part in parts if part != {"type": "string"}]
        parts = [part for part in parts if part]
        return {} if not parts else parts[0] if len(parts) == 1 else {"anyOf": parts}
    return {}


def _schema_of_dict(kind: Any, seen: tuple[Any, ...]) -> Schema:
    hints = get_type_hints(
        kind, include_extras=True, globalns=vars(sys.modules[kind.__module__]), localns={"StripeContext": str, "Mapping": typing.Mapping}
    )
    drop = OPTIONS if set(kind.__annotations__) >= OPTIONS else set()
    return {
        "type": "object", "additionalProperties": False, "properties": {k: _schema(v, (*seen, kind)) for k, v in hints.items() if k not in drop},
        "required": sorted(key for key in kind.__required_keys__ if key not in drop),
    }


# --- answers -------------------------------------------------------------------------------------


@functools.cache
def response_schema(method: str, template: str) -> Schema:
    names = [name for name in operations()[method, template].answers if name not in ("str", "Union", "Optional")]
    place = stripe.v2.core if template.startswith("/v2") else stripe
    kind = getattr(place, names[-1], None)
    if kind is None:
        return {}
    if "ListObject" in names:
        return {
            "type": "object", "required": ["object", "data", "has_more", "url"],
            "properties": {"data": {"type": "array", "items": _resource(kind)}},
        }
    return _resource(kind)


@functools.cache
def response_check(method: str, template: str) -> Any:
    """The schema, ready to be asked many times: making it ready takes longer than asking."""
    return jsonschema.Draft202012Validator(response_schema(method, template))


class _Names(dict[str, Any]):
    """Names that the library imports only for type checkers are other resources."""

    def __init__(self, module: str) -> None:
        super().__init__()
        self.module = module

    def __missing__(self, key: str) -> Any:
        if key in vars(sys.modules[self.module]) or hasattr(builtins, key):
            raise KeyError(key)
        return StripeObject


@functools.cache
def _resource(kind: Any, depth: int = 0) -> Schema:
    hints: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if issubclass(base, StripeObject) and base.__module__.split(".")[-1] not in ("_stripe_object", "_api_resource"):
            known = typing.get_type_hints(base, localns=_Names(kind.__module__))
            own = inspect.get_annotations(base)
            hints |= {k: v for k, v in known.items() if k in own and k[0] != "_" and k.islower() and get_origin(v) is not typing.ClassVar}
    properties, required = {}, []
    for name, hint in hints.items():
        is_optional = get_origin(hint) is typing.Union and type(None) in get_args(hint)
        field = _field(hint, depth)
        properties[name] = {"anyOf": [field, {"type": "null"}]} if is_optional and field else field
        if not is_optional:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _field(hint: Any, depth: int) -> Schema:
    origin, args = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return {"type": PLAIN[hint]}
    if origin is Literal:
        return {"enum": list(args)}
    if origin is typing.Union:
        parts = [_field(part, depth) for part in args if part is not type(None)]
        return {} if not all(parts) else parts[0] if len(parts) == 1 else {"anyOf": parts}
    if origin is list:
        return {"type": "array", "items": _field(args[0], depth)}
    if isinstance(origin, type) and (issubclass(origin, UntypedStripeObject) or origin.__name__ == "ListObject"):
        return {"type": "object"}
    if isinstance(hint, type) and issubclass(hint, StripeObject):
        is_own = "." in hint.__qualname__  # a nested class of the same resource is looked into; another resource by its name only
        return _resource(hint, depth + 1) if is_own and depth < 6 else {"type": "object"}
    return {}
