"""`allay evaluate --federated site1.json site2.json ... --plan PLAN.toml --out DIR`: the sites' sums, added and reported."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from allay.science.evaluation import BadInput, load_plan, open_workspace
from allay.science.evaluation.documents import library_versions
from allay.science.evaluation.federated.files import read_site
from allay.science.evaluation.federated.report import documents
from allay.science.evaluation.federated.together import Together, questions, together
from allay.science.evaluation.models import BadModel
from allay.server.output import new_folder


def evaluate_together(args: Namespace) -> list[str]:
    """Writes the result and gives the lines to print. Raises BadInput."""
    if args.data is not None or args.diary or args.pdf or args.engine != "duckdb":
        raise BadInput(
            "--federated", "takes files of allay summaries, and neither DATA nor --diary, --pdf or --engine"
        )
    plan, plan_sha256 = load_plan(args.plan)
    with open_workspace() as connection:
        asked = questions(connection, plan)
    meant = {score: (made, header) for score, (_, made, header) in asked.items()}
    sites = [(path.name, read_site(path, plan, plan_sha256, meant)) for path in map(Path, args.federated)]
    replaceable = reason_not_to_replace if args.overwrite else None
    with new_folder(args.out, replaceable=replaceable) as (folder, _):
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            found = together(sites, plan, asked, evaluated_at=now, versions=library_versions())
        except BadModel as fault:
            raise BadInput("the plan", f"model: {fault.reason}") from None
        for name, text in documents(found).items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [*_told(found), f"Report: {args.out / 'report.html'}"]


def _told(found: Together) -> list[str]:
    return [
        f"{one.name}: {sum(one.people.values())} people's scores handed on, {sum(one.withheld.values())} withheld"
        for one in found.sites
    ]


def reason_not_to_replace(folder: Path) -> str:
    """Why a folder is no earlier result of this; empty where it is one and holds nothing else."""
    others = sorted({path.name for path in folder.iterdir()} - {"results.json", "report.html"})
    if others or not (folder / "results.json").is_file():
        return "exists and holds no earlier result of allay evaluate --federated"
    return ""
