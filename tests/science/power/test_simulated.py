"""The simulation study that comes with Allay: complete, within what is promised, shown as it is, and reproducible."""

from pathlib import Path

from allay.science.evaluation.power import study
from allay.science.evaluation.power.simulated import FILE, read, simulated, written

MANUAL = (Path(__file__).parents[3] / "docs" / "simulation.md").read_text(encoding="utf-8")


def percent(share):
    return f"{100 * share:.1f}"


def test_every_setting_is_there():
    found = simulated()
    assert tuple(one.people for one in found.individual) == study.PEOPLE
    assert [(one.groups, one.icc) for one in found.nested] == [
        (groups, icc) for groups in study.GROUPS for icc in study.ICCS
    ]
    assert all(tuple(one.type_1_error) == study.METHODS for one in found.individual)
    assert all(set(one.coverage) == {"kenward-roger", "satterthwaite", "ignored"} for one in found.nested)
    assert all(one.trials == found.trials >= 2000 for one in (*found.individual, *found.nested))
    assert set(found.versions) == {"python", "numpy", "scipy"}


def test_what_is_promised_holds():
    found = simulated()
    at_24 = next(one for one in found.individual if one.people == 24)
    assert 0.038 <= at_24.type_1_error["kenward-roger"] <= 0.062
    for one in found.nested:
        if one.groups >= 6 and one.icc <= 0.05:
            assert 0.93 <= one.coverage["kenward-roger"] <= 0.98


def test_written_and_read_are_the_same():
    text = FILE.read_text(encoding="utf-8")
    assert written(read(text)) == text


def test_the_manual_shows_these_figures():
    found = simulated()
    for one in found.individual:
        assert f"| {one.people} | " + " | ".join(map(percent, one.type_1_error.values())) + " |" in MANUAL
    for one in found.nested:
        shares = [*one.coverage.values(), one.no_groups]
        assert f"| {one.groups} | {one.icc:g} | " + " | ".join(map(percent, shares)) + " |" in MANUAL


def test_a_short_run_gives_the_stored_figures_again():
    small = simulated().small
    assert study.individual(small[0].people, trials=small[0].trials, seed=7) == small[0]
    assert study.nested(small[1].groups, small[1].icc, trials=small[1].trials, seed=7) == small[1]
