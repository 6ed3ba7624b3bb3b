"""Imports point down, those inside functions too."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "workbench"

# From the ground up; a module may import only from rows below its own.
LAYERS = [
    ["errors", "kernel", "locks", "signals"],
    ["clock", "share", "documents", "plugins"],
    ["tokens", "items", "states"],
    ["entities"],
    ["query"],
    ["text", "http"],
    ["store", "collectors", "charts", "exports"],
    ["decks", "imports"],
    ["alerts"],
    ["columns", "service", "workspace"],
    ["analyst"],
    ["widgets", "primer", "briefings"],
    ["page", "schedule", "demo"],
    ["cli"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FACADE = "__init__"


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield parts[0], path


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "workbench":
            names = [f"workbench.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        targets = (n.split(".")[1] for n in names if n.startswith("workbench."))
        yield from (target for target in targets if not target.startswith("__"))


def test_every_module_has_its_layer():
    assert {name for name, _ in modules()} - {FACADE, "__main__"} <= LEVEL.keys()


def test_imports_point_down():
    upward = [
        f"{path.relative_to(PACKAGE)} imports {target}"
        for name, path in modules()
        if name in LEVEL
        for target in imported(path)
        if target != name and LEVEL[target] >= LEVEL[name]
    ]
    assert not upward


def test_collectors_and_store_never_know_each_other():
    pairs = {(name, target) for name, path in modules() for target in imported(path)}
    assert ("store", "collectors") not in pairs
    assert ("collectors", "store") not in pairs


def test_only_http_opens_connections():
    """The page serves; whoever fetches does it through workbench.http."""
    clients = {"httpx", "requests", "urllib3", "socket", "aiohttp"}
    found = set()
    for name, path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                roots = {alias.name.split(".")[0] for alias in node.names}
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                roots, names = {(node.module or "").split(".")[0]}, {node.module}
            else:
                continue
            if roots & clients or names & {
                "urllib.request",
                "websockets.sync.client",
                "http.client",
            }:
                found.add(name)
    assert found <= {"http", "page"}
