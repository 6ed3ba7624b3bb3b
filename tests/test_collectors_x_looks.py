"""Kept posts of X looked at again: counts, edits, deletions, withdrawn accounts."""

from xserver import Polling, at, own_id, post, stamp

from workbench.collectors.x import X
from workbench.query import parse


def asking(*texts, **settings):
    return X(**settings).ask([parse(text) for text in texts], {})


def test_kept_posts_are_looked_at_again(x_server, x_client):
    kept, gone, other = post(at(-3), "acme"), post(at(-2), "acme too"), post(at(-1), "acme pie")
    x_server.put(kept, gone, other)
    poll = Polling(x_client, asking("acme"), keep=lambda item: item.text != "acme pie")
    poll(0)
    del x_server.posts[gone["id"]]
    x_server.put(kept | {"public_metrics": {"like_count": 5}})
    poll(13 * 60)
    assert [item.likes for item in poll.items] == [5]
    assert [deletion.id for deletion in poll.deletions] == [gone["id"]]
    (ids,) = [given["ids"] for path, given, _ in x_server.asked if path == "/2/tweets"]
    assert set(ids.split(",")) == {kept["id"], gone["id"]}
    poll(13 * 60 + 5)
    assert x_server.paths().count("/2/tweets") == 1  # not before half a day has passed


def test_the_posts_of_a_withdrawn_account_go_within_one_pass(x_server, x_client):
    x_server.put(*(post(at(-n), "acme", "12") for n in range(1, 150)), post(at(-3), "acme", "11"))
    poll = Polling(x_client, asking("acme", budget=100.0))
    poll(0)
    poll(5)
    for own in [own for own, raw in x_server.posts.items() if raw["author_id"] == "12"]:
        del x_server.posts[own]
    poll(13 * 60)
    assert len(poll.deletions) == 99  # of the 100 that the first page brought
    assert len(poll.items) == 1


def test_an_edit_is_found_by_the_second_look(x_server, x_client):
    first = post(at(-30), "acme groes")
    x_server.put(first)
    poll = Polling(x_client, asking("acme"))
    poll(0)
    newer = own_id(at(-10), 2)
    chain = [first["id"], newer]
    x_server.put(
        first | {"edit_history_tweet_ids": chain},
        first | {
            "id": newer, "edit_history_tweet_ids": chain, "text": "acme grows",
            "created_at": stamp(at(-10)),
        },
    )  # fmt: skip
    poll(13 * 60)
    (item,) = poll.items
    assert (item.id, item.text, item.published, item.edited) == (
        first["id"], "acme grows", at(-30), at(-10),
    )  # fmt: skip


def test_a_failing_second_look_is_a_problem_and_no_failure(x_server, x_client):
    x_server.put(post(at(-3), "acme"))
    poll = Polling(x_client, asking("acme"))
    poll(0)
    x_server.answers += [None, (200, b"[]", None)]
    poll(13 * 60)
    assert poll.problems[0].where == "second looks"
    assert poll.spans
