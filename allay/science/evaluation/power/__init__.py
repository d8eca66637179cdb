"""How large a trial must be, by simulating it: trials are drawn from a plan's `[power]` section and analysed as planned.

`shape` is that section of the plan; `planned` turns a plan into a `trial` (what is true), an `analysis` (what will be
done) and the sizes to try; `replicates` draws and analyses many trials; `curve` and `enrolment` are the answers,
`closed_form` what textbooks say of the simplest designs. Pure: seeds are passed in; the same seed gives the
same answer on any number of processes. docs/power.md shows how it is used.
"""
