"""Pictures for pages and reports: geometry in, an SVG string and the same numbers as a table out.

A picture has role="img", a title and a description, no ids, no style attributes and no script, so that
several may stand on one page under a strict content policy. It is laid out for text of 13 units; the page
colours it by these classes:

    chart                 the whole picture
    chart-line  chart-line-2          lines; the second kind should be dashed
    chart-point  chart-point-2        points on them; the second kind should be hollow
    chart-band                        an error band
    chart-axis  chart-grid            axes and faint help lines
    chart-text  chart-text-soft       words and numbers
    chart-cutoff                      a cut-off line
    chart-improved  chart-unchanged  chart-worsened  chart-missing    kinds of change

Nothing is told by colour alone: lines differ in dash and shape of point, kinds of change in shape, and each
shape stands beside its name. Every word comes from the caller, who knows the reader's language. The same
input gives the same string. A file of its own needs `standalone`.
"""

from allay.science.charts.before_after import BeforeAfterWords, PersonPoint, before_after
from allay.science.charts.categories_bar import BarWords, Category, CategoryRow, categories_bar
from allay.science.charts.drawing import Chart, Table, plain_number
from allay.science.charts.flow_of_people import FlowBox, FlowColumn, FlowWords, flow_of_people
from allay.science.charts.intervals import IntervalRow, IntervalWords, intervals
from allay.science.charts.means_over_time import ArmMeans, MeanPoint, MeansWords, means_over_time
from allay.science.charts.network import Connection, NetworkWords, network
from allay.science.charts.own_weeks import OwnLine, OwnWeeksWords, own_weeks
from allay.science.charts.ring import RingWords, ring
from allay.science.charts.score_with_band import ScorePoint, ScoreWords, score_with_band
from allay.science.charts.standalone import standalone
from allay.science.charts.strokes import strokes

__all__ = [
    "ArmMeans",
    "BarWords",
    "BeforeAfterWords",
    "Category",
    "CategoryRow",
    "Chart",
    "Connection",
    "FlowBox",
    "FlowColumn",
    "FlowWords",
    "IntervalRow",
    "IntervalWords",
    "MeanPoint",
    "MeansWords",
    "NetworkWords",
    "OwnLine",
    "OwnWeeksWords",
    "PersonPoint",
    "RingWords",
    "ScorePoint",
    "ScoreWords",
    "Table",
    "before_after",
    "categories_bar",
    "flow_of_people",
    "intervals",
    "means_over_time",
    "network",
    "own_weeks",
    "plain_number",
    "ring",
    "score_with_band",
    "standalone",
    "strokes",
]
