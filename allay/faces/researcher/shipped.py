"""The plan that Allay ships: offered to a study that has none of its own."""

import json
import re
from importlib.resources import files

from django.utils.translation import gettext as _

from allay.records.models import Arm, Study


def plan_of(study: Study) -> str:
    """The shipped plan with the study's name and its own arms, those to compare with first."""
    text = files("allay.faces.researcher").joinpath("plan.toml").read_text(encoding="utf-8")
    arms = sorted(study.arms.all(), key=lambda arm: (arm.kind == Arm.Kind.PROGRAMME, arm.position))
    text = re.sub(r"(?m)^title = .*$", lambda _found: f"title = {_toml(_title(study))}", text, count=1)
    named = json.dumps([arm.key for arm in arms])
    return re.sub(r"(?m)^arms = .*$", lambda _found: f"arms = {named}", text, count=1)


def _title(study: Study) -> str:
    said = "synthetic" in study.name.lower()
    return _("%s – synthetic data") % study.name if study.synthetic and not said else study.name


def _toml(text: str) -> str:
    """Text as a TOML string; the escapes of JSON are TOML's as well, but for the one control character DEL."""
    return json.dumps("".join(character for character in text if character.isprintable()), ensure_ascii=False)
