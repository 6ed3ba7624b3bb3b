"""Invented posts with labels, for engines to learn from."""

import random

from workbench.text.labelled import Labelled

_THINGS = "the hotel,my flight,this phone,the new office,their service,our train,lunch,the update"
_FEEL = {
    0: "awful,broken,rude,a disaster,slow and late,disappointing",
    1: "at noon,on platform two,in Leeds,announced today,scheduled for Monday,number four",
    2: "brilliant,lovely,a delight,fast and friendly,splendid,worth every penny",
}
_TURNED = {0: "brilliant,lovely,splendid,a delight", 2: "awful,broken,rude,a disaster"}


def posts(count, seed=1):
    """Return `count` posts, every third of each class."""
    dice = random.Random(seed)
    found = Labelled([], [])
    for number in range(count):
        label = number % 3
        thing = dice.choice(_THINGS.split(","))
        if label in _TURNED and dice.random() < 0.3:
            said = "is not " + dice.choice(_TURNED[label].split(","))
        else:
            said = "is " + dice.choice(_FEEL[label].split(","))
        tail = dice.choice((".", "!", "", " #travel", " @acme", " https://a.example/1"))
        found.texts.append(f"{thing} {said}{tail}")
        found.labels.append(label)
    return found
