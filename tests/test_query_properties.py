"""What holds of every query and every item, with an oracle that knows only lists of tokens."""

import itertools
import pickle
import re
from urllib.parse import urlsplit

from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import LISTS, NOW, hostile_texts, items, leaf_texts, queries, query_texts

from workbench.items import Item
from workbench.query import QueryError, parse, tree
from workbench.tokens import fold, tokenize


def stands(node, tokens):
    """Every set of positions at which a node stands, by trying each."""
    match node:
        case tree.Or(parts):
            return [where for part in parts for where in stands(part, tokens)]
        case tree.Wildcard(pattern):
            return [(i,) for i, token in enumerate(tokens) if looks_like(pattern, token)]
        case tree.Phrase(wanted, prefix):
            return [
                tuple(range(i, i + len(wanted)))
                for i in range(len(tokens) - len(wanted) + 1)
                if all(
                    want is None
                    or tokens[i + k] == want
                    or (prefix and k == len(wanted) - 1 and tokens[i + k][: len(want)] == want)
                    for k, want in enumerate(wanted)
                )
            ]


def looks_like(pattern, token):
    if pattern.endswith("*"):
        return any(looks_like(pattern[:-1], token[:n]) for n in range(len(token) + 1))
    return len(pattern) == len(token) and all(
        sign in ("?", char) for sign, char in zip(pattern, token, strict=True)
    )


def stand_near(node, tokens):
    for chosen in itertools.product(*(stands(operand, tokens) for operand in node.operands)):
        taken = [i for where in chosen for i in where]
        if len(set(taken)) < len(taken):
            continue
        if node.ordered and not all(
            before[-1] < after[0] for before, after in itertools.pairwise(chosen)
        ):
            continue
        if len(set(range(min(taken), max(taken) + 1)) - set(taken)) <= node.distance:
            return True
    return False


def is_true(node, item):
    """Return whether an item matches, written down as plainly as can be."""
    fields = [tokenize(item.title or ""), tokenize(item.text)]
    match node:
        case tree.And(parts):
            return False not in [is_true(part, item) for part in parts]
        case tree.Or(parts):
            return True in [is_true(part, item) for part in parts]
        case tree.Not(part):
            return not is_true(part, item)
        case tree.Phrase() | tree.Wildcard():
            return any(stands(node, field) for field in fields)
        case tree.Near():
            return any(stand_near(node, field) for field in fields)
        case tree.InTitle(phrase):
            return bool(stands(phrase, fields[0]))
        case tree.Regex(pattern):
            return any(searched(pattern, text) for text in (item.title, item.text))
    return names(node, item)


_EDGE = r"(?:(?<![0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?![0-9A-Za-z_]))"


def searched(pattern, text):
    """Return whether Python's own engine finds a pattern that was written for RE2."""
    for ours, theirs in (("$", r"\Z"), (r"\z", r"\Z"), (r"\x{22}", '"'), (r"\b", _EDGE)):
        pattern = pattern.replace(ours, theirs)
    exact = pattern.startswith("(?-i)")
    found = re.compile(pattern.removeprefix("(?-i)"), re.NOFLAG if exact else re.IGNORECASE)
    return text is not None and bool(found.search(text))


def names(node, item):
    match node:
        case tree.Entity(kind, value):
            known = (item.form,) if kind == "form" else getattr(item, f"{kind}s")
            return any(fold(each) == value for each in known if each is not None)
        case tree.Account(role, handle):
            return is_account(item.author if role == "from" else item.reply_to_author, handle)
        case tree.InList(name):
            (handles,) = (LISTS[known] for known in LISTS if fold(known) == name)
            return any(is_account(item.author, fold(each.lstrip("@"))) for each in handles)
        case tree.Key(value):
            return f"{item.source}:{item.id}" in LISTS.get(value, (value,))
        case tree.Lang(tag):
            lang = fold(item.lang or "?")
            return lang == tag or lang.split("-")[0] == tag
        case tree.Domain(host):
            hosts = [urlsplit(link).hostname or "" for link in item.links]
            return any(f".{each}".endswith(f".{host}") for each in map(fold, hosts))
        case tree.Url(part):
            return any(part in fold(link) for link in (*item.links, item.url or ""))
    return measures(node, item)


def is_account(author, handle):
    return author is not None and handle in (fold(author), fold(author).split("@")[0])


def measures(node, item):
    match node:
        case tree.Value(field, value):
            return fold(getattr(item, field)) == value
        case tree.Between(start, end):
            return (not start or item.time >= start) and (not end or item.time < end)
        case tree.Within(span):
            age = (NOW - item.time).total_seconds()
            return 0 <= age <= span.total_seconds()
        case tree.Expires(when):
            return when > NOW
        case tree.AtLeast(field, n):
            return getattr(item, field) is not None and getattr(item, field) >= n
        case tree.Sentiment(op, value):
            c = item.compound
            if c is None:
                return False
            return {"<": c < value, ">": c > value, "=": c == value}[op[0]] or (
                op[1:] == "=" and c == value
            )
    return carries(node, item)


def carries(node, item):
    match node:
        case tree.Has("image" | "video" | "poll" as what):
            return what in [media.type for media in item.media]
        case tree.Has(what):
            return len(item.media if what == "media" else getattr(item, f"{what}s")) > 0
        case tree.Is("verified" | "sensitive" as what):
            return bool(getattr(item, what))
        case tree.Is(what):
            return item.kind == what


def holds(text, item):
    return parse(text).matches(item, now=NOW, lists=LISTS)


@settings(max_examples=300)
@given(queries, items)
def test_the_matcher_agrees_with_the_oracle(query, item):
    assert query.matches(item, now=NOW, lists=LISTS) == is_true(query.tree, item)


# Few and like words, so that operands meet, overlap and repeat.
_FEW = st.lists(st.sampled_from(("a", "b", "c", "abc", "abd", "x")), max_size=9).map(" ".join)
_SMALL = st.sampled_from(
    ("a", "b", "x", "abc", "ab?", "abc*", '"a b"', '"a * b"', '"b a"', "(a OR b)", '(c OR "a b")')
)
_NEAR = st.builds(
    "{} NEAR/{}{} {}".format, _SMALL, st.integers(0, 3), st.sampled_from(("", "f")), _SMALL
) | st.builds(
    '"{}"~{}'.format,
    st.lists(st.sampled_from(("a", "b", "c", "a-b", "b-c", "x")), min_size=2, max_size=5).map(
        " ".join
    ),
    st.integers(0, 4),
)


@settings(max_examples=500)
@given(_NEAR | _SMALL, _FEW, st.none() | _FEW)
@example('"a-b b-c c"~1', "a b b c x c", None)
@example('"a a"~0', "a", "a")
@example('"a b" NEAR/0 b', "a b", None)
def test_nearness_agrees_with_the_oracle(text, body, title):
    query = parse(text)
    item = Item(source="x", id="1", published=NOW, text=body, title=title)
    assert query.matches(item) == is_true(query.tree, item)


@settings(max_examples=250)
@given(queries)
def test_the_canonical_text_is_read_back_to_the_same_tree(query):
    again = parse(str(query), zone="Pacific/Auckland")
    assert again.tree == query.tree
    assert again == query
    assert hash(again) == hash(query)
    assert str(again) == str(query)
    assert pickle.loads(pickle.dumps(query)) == query


@settings(max_examples=300)
@given(hostile_texts)
@example("".join(map(chr, range(1, 0x180))))
@example('a\ud800b "\ud800"')
def test_any_text_is_a_query_or_an_error_with_a_place(text):
    try:
        query = parse(text)
    except QueryError as caught:
        error = caught
    else:
        assert parse(str(query)).tree == query.tree
        return
    assert 0 <= error.position <= len(text)
    assert error.message


@given(query_texts, query_texts, items)
def test_de_morgan(left, right, item):
    assert holds(f"-(({left}) ({right}))", item) == holds(f"-({left}) OR -({right})", item)
    assert holds(f"-(({left}) OR ({right}))", item) == holds(f"-({left}) -({right})", item)


@given(query_texts, query_texts, query_texts, items)
def test_and_binds_tighter_than_or(first, second, third, item):
    one, two, three = holds(f"({first})", item), holds(f"({second})", item), holds(third, item)
    assert holds(f"({first}) OR ({second}) ({third})", item) == (one or (two and three))
    assert holds(f"({first}) ({second}) OR ({third})", item) == ((one and two) or three)


@given(leaf_texts, items)
def test_every_leaf_is_true_or_false_and_negation_inverts_it(leaf, item):
    assert holds(f"NOT ({leaf})", item) is (not holds(leaf, item))
    assert holds(f"NOT NOT ({leaf})", item) is holds(leaf, item)


@given(queries, queries)
def test_queries_are_equal_by_their_trees(one, other):
    assert (one == other) == (str(one) == str(other))
    assert re.fullmatch(r"parse\(.*\)", repr(one), re.DOTALL)
