"""What a convolution says of posts, worked out word by word from its file's bytes."""

import struct
from functools import cache

from workbench.text import traits


@cache
def read(convolution):
    words, size, filters = convolution.words, convolution.size, convolution.filters
    kinds = f"<{words}I{(words + 1) * size}b", f"<{3 * size * filters + 3 * filters + 2}f"
    cut = struct.calcsize(kinds[0])
    whole = struct.unpack(kinds[0], convolution.data[:cut])
    places = {word: place + 1 for place, word in enumerate(whole[:words])}
    return places, whole[words:], struct.unpack(kinds[1], convolution.data[cut:])


def odds(convolution, text):
    """Return both log odds of a post: those of its stretches on average."""
    names = traits.words(text)
    of = -(-len(names) // 60) or 1
    cuts = [names[n * (len(names) // of) + min(n, len(names) % of) :] for n in range(of)]
    sizes = [len(names) // of + (n < len(names) % of) for n in range(of)]
    found = [stretch(convolution, cut[:size]) for cut, size in zip(cuts, sizes, strict=True)]
    return tuple(sum(each[half] for each in found) / of for half in range(2))


def stretch(convolution, names):
    size, filters = convolution.size, convolution.filters
    places, vectors, rest = read(convolution)
    kernel, rest = rest[: 3 * size * filters], rest[3 * size * filters :]
    bias, out, base = rest[:filters], rest[filters : 3 * filters], rest[3 * filters :]
    rows = [places.get(traits.word(name)[0], 0) for name in names]
    found = []
    for each in range(filters):
        windows = [bias[each]] * len(rows)
        for window in range(len(rows)):
            for place in range(3):
                if 0 <= (at := window + place - 1) < len(rows):
                    vector = vectors[rows[at] * size : (rows[at] + 1) * size]
                    weights = kernel[place * size * filters + each :: filters][:size]
                    pairs = zip(vector, weights, strict=True)
                    windows[window] += convolution.step * sum(a * b for a, b in pairs)
        found.append(max([0.0, *windows]))
    return tuple(
        base[half] + sum(most * out[2 * each + half] for each, most in enumerate(found))
        for half in range(2)
    )
