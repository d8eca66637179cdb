"""Reports: a neutral list of blocks (`blocks`), rendered to one self-contained HTML page (`html`).

What a report says is written elsewhere (for evaluations in `allay.science.evaluation.story`); here is only how
it looks. Other formats render the same blocks.
"""
