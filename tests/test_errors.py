import inspect
import re

from workbench import errors


def test_all_errors_stand_under_one_base_and_in_all():
    classes = {
        name: value
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert set(errors.__all__) == set(classes)
    assert all(issubclass(value, errors.WorkbenchError) for value in classes.values())


def test_the_tree_is_drawn_as_it_is():
    drawn = re.findall(r"^\s+([│├└─ ]*)(\w+)", errors.__doc__, re.MULTILINE)
    path = []
    for branch, name in drawn:
        depth = len(branch) // 4
        path = [*path[:depth], name]
        if depth:
            assert path[depth - 1] in [base.__name__ for base in getattr(errors, name).__mro__]
    assert {name for _, name in drawn} == set(errors.__all__)


def test_a_query_error_points_at_the_place():
    error = errors.QueryError("missing )", text="(apple", position=6)
    assert str(error) == "missing )\n  (apple\n        ^"
    assert error.position == 6


def test_a_deck_error_names_file_line_and_key():
    error = errors.DeckError("unknown", file="a.yaml", line=3, key="columns[0].tpye")
    assert str(error) == "a.yaml, line 3: columns[0].tpye: unknown"
