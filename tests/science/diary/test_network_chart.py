"""The picture of a network: told in words and a table, sign by shape, same input same picture."""

from xml.etree import ElementTree

import pytest

from allay.science.charts import Connection, NetworkWords, network

WORDS = NetworkWords("Title", "Words", "More & more", "More, less", "From", "To", "Strength", "Interval")
SVG = "{http://www.w3.org/2000/svg}"
TWO = (
    Connection(0, 1, 0.3, 0.1, 0.5),
    Connection(1, 0, -0.2),
    Connection(1, 1, 0.4),
    Connection(0, 0, 0.01, drawn=False),
)


def drawn(connections=TWO, names=("Pain", "How well I slept"), directed=True):
    chart = network(names, connections, words=WORDS, directed=directed)
    return chart, ElementTree.fromstring(chart.svg)


def strokes(tree, css):
    return [one for one in tree.iter(f"{SVG}path") if one.get("class") == css]


def test_sign_is_told_by_class_and_only_drawn_ones_are_drawn():
    _, tree = drawn()
    assert len(strokes(tree, "chart-point")) == 1 + 2  # the legend's and two
    assert len(strokes(tree, "chart-point-2")) == 1 + 1


def test_every_connection_stands_in_the_table():
    chart, _ = drawn()
    assert chart.table.headers == ("From", "To", "Strength", "Interval")
    assert chart.table.rows[0] == ("Pain", "How well I slept", "0.3", "0.1 to 0.5")
    assert len(chart.table.rows) == 4


def test_names_and_words_are_told():
    chart, tree = drawn()
    assert tree.find(f"{SVG}title").text == "Title"
    assert tree.find(f"{SVG}desc").text == "Words"
    text = " ".join(one.text for one in tree.iter(f"{SVG}text"))
    assert "Pain" in text
    assert "slept" in text
    assert chart.svg == drawn()[0].svg


@pytest.mark.parametrize(
    "names", [("a",), ("a", "b"), tuple("abcdefghijkl"), ("A long name of a variable " * 5,) * 3]
)
@pytest.mark.parametrize("directed", [True, False])
def test_everything_stays_on_the_picture(names, directed):
    connections = [Connection(i, j, 0.5) for i in range(len(names)) for j in range(len(names))]
    chart, tree = drawn(connections, names, directed)
    _, _, width, height = map(float, tree.get("viewBox").split())
    for path in tree.iter(f"{SVG}path"):
        for pair in path.get("d").strip("MZ").split():
            x, y = map(float, pair.split(","))
            assert -1 <= x <= width + 1
            assert -1 <= y <= height + 1
    assert "nan" not in chart.svg


def test_a_node_that_is_not_there():
    with pytest.raises(ValueError, match="nodes"):
        drawn([Connection(0, 5, 0.1)])
