"""A picture as a file of its own: with colours, a size and a white ground."""

import re

STYLE = """
.chart{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums}
.chart-paper{fill:#FFFFFF}
.chart-text,.chart-text-soft{font-size:13px}.chart-text{fill:#22302E}.chart-text-soft{fill:#55635F}
.chart-line,.chart-line-2{fill:none;stroke:#2B6555;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
.chart-line-2{stroke:#3F6A86;stroke-dasharray:7 5}
.chart-band{fill:#2B6555;fill-opacity:.14;stroke:none}
.chart-point{fill:#2B6555;stroke:#FFFFFF;stroke-width:1.5}
.chart-point-2{fill:#FFFFFF;stroke:#3F6A86;stroke-width:2}
.chart-axis{fill:none;stroke:#55635F;stroke-width:1}.chart-grid{fill:none;stroke:#E6DED0;stroke-width:1}
.chart-cutoff{fill:none;stroke:#A4552F;stroke-width:1.5;stroke-dasharray:2 5;stroke-linecap:round}
.chart-improved{fill:#2B6555;stroke:#2B6555}
.chart-unchanged{fill:#FFFFFF;stroke:#55635F;stroke-width:1.5}
.chart-worsened{fill:#A4552F;stroke:#A4552F}
.chart-missing{fill:none;stroke:#8A948F;stroke-dasharray:3 3}
""".replace("\n", "")

HEAD = re.compile(r'^<svg [^>]*viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"[^>]*>')


def standalone(svg: str) -> str:
    """The picture of a `Chart` for a file ending in .svg. Raises ValueError for any other text."""
    head = HEAD.match(svg)
    if head is None:
        raise ValueError("this is not the picture of a chart")
    width, height = head["width"], head["height"]
    sized = head[0].replace("<svg ", f'<svg width="{width}" height="{height}" ', 1)
    told, rest = svg[head.end() :].split("</desc>", 1)
    ground = f'<rect class="chart-paper" width="{width}" height="{height}"/>'
    return f"{sized}{told}</desc><style>{STYLE}</style>{ground}{rest}\n"
