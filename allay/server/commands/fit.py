"""`allay fit DATA --formula "y ~ x + arm*visit" --subject id --visit visit`: one mixed model, for scripts.

Prints a table, or with --json the coefficients, covariance, log-likelihood, contrasts and certificate. Anything wrong
is one line on standard error and exit code 2. Long work says every few seconds that it goes on; Ctrl-C ends it with
exit code 130 and leaves nothing behind.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from allay.server.engine import add_engine, model_data
from allay.server.output import ended_politely

if TYPE_CHECKING:
    from allay.science.evaluation.models import Fit
    from allay.science.evaluation.results import NotEstimable

SECONDS_BETWEEN_WORDS = 10.0
STRUCTURES = "us, toeph, toep, ar1h, ar1, adh, ad, csh, cs"


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("data", metavar="DATA", help="a CSV or Parquet file, one row per person and visit")
    parser.add_argument("--formula", required=True, help='as "y ~ x + arm*visit"; parsed, never run as code')
    parser.add_argument("--subject", required=True, metavar="COLUMN", help="who")
    parser.add_argument("--visit", metavar="COLUMN", help="when; a factor")
    parser.add_argument("--covariance", metavar="NAME", help=f"one of {STRUCTURES} (default us)")
    parser.add_argument("--covariance-by", metavar="COLUMN", help="one covariance for each of its levels")
    parser.add_argument(
        "--df", metavar="NAME", help="kenward-roger (default), satterthwaite, between-within, residual or z"
    )
    parser.add_argument("--vcov", metavar="NAME", default="model", help="model (default), CR0, CR2 or CR3")
    parser.add_argument("--information", metavar="NAME", help="observed or expected, for df")
    parser.add_argument("--weights", metavar="COLUMN", help="a weight for each person")
    parser.add_argument(
        "--factor", metavar="COLUMN", action="append", default=[], help="numbers that are categories"
    )
    parser.add_argument(
        "--levels",
        metavar="COLUMN=A,B,...",
        action="append",
        default=[],
        help="the order of a factor's levels",
    )
    parser.add_argument("--constrained", metavar="COLUMN", help="a factor without effect at the first visit")
    parser.add_argument("--group", metavar="COLUMN", help="therapy group: a random effect in one arm")
    parser.add_argument("--group-arm", metavar="LEVEL", help="the arm that meets in groups")
    parser.add_argument("--group-from", metavar="VISIT", help="the first visit at which groups matter")
    parser.add_argument("--arm", metavar="COLUMN", default="arm", help="the column of arms (default arm)")
    parser.add_argument(
        "--random", metavar='"days|id"', help='random slope and intercept; "days||id" uncorrelated'
    )
    parser.add_argument("--ml", action="store_true", help="full maximum likelihood instead of restricted")
    parser.add_argument("--no-ladder", action="store_true", help="do not try simpler covariances")
    add_engine(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: Namespace) -> int:
    from allay.science.evaluation.errors import BadInput
    from allay.science.evaluation.models import ModelError
    from allay.science.evaluation.results import NotEstimable

    try:
        with ended_politely(), _telling(), model_data(args.data, args.engine) as data:
            fit = _fitted(args, data)
    except (ModelError, BadInput) as fault:
        print(f"allay fit: {fault}", file=sys.stderr)
        return 2
    if isinstance(fit, NotEstimable):
        if args.json:
            print(json.dumps({"not_estimable": fit.not_estimable}))
        print(f"allay fit: not estimable: {fit.not_estimable}", file=sys.stderr)
        return 2
    print(json.dumps(_as_json(fit), indent=1) if args.json else "\n".join(_as_text(fit)))
    return 0


@contextmanager
def _telling() -> Iterator[None]:
    """Says on standard error, now and then, that long work goes on."""
    done, began = Event(), monotonic()

    def tell() -> None:
        while not done.wait(SECONDS_BETWEEN_WORDS):
            print(f"allay fit: still at work after {monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def _fitted(args: Namespace, data: Any) -> Fit | NotEstimable:
    from allay.science.evaluation.models import BadModel, growth, mmrm

    same = {
        "reml": not args.ml,
        "df": args.df,
        "factors": args.factor,
        "levels": dict(_levels(text) for text in args.levels),
    }
    if args.random:
        _refuse(
            args,
            "--random",
            ("covariance", "covariance_by", "weights", "constrained", "group", "group_arm", "group_from"),
        )
        return growth(
            data,
            args.formula,
            random=args.random,
            subject=args.subject,
            visit=args.visit,
            vcov=args.vcov,
            information=args.information,
            **same,
        )
    if not args.visit:
        raise BadModel("--visit is needed (or --random for a model of growth)")
    if (args.group is None) != (args.group_arm is None):
        raise BadModel("--group and --group-arm go together")
    return mmrm(
        data,
        args.formula,
        subject=args.subject,
        visit=args.visit,
        covariance=args.covariance or "us",
        covariance_by=args.covariance_by,
        vcov=args.vcov,
        information=args.information or "observed",
        weights=args.weights,
        constrained=args.constrained,
        ladder=not args.no_ladder,
        group=args.group,
        group_arm=args.group_arm,
        arm=args.arm,
        group_from=args.group_from,
        **same,
    )


def _refuse(args: Namespace, option: str, names: tuple[str, ...]) -> None:
    from allay.science.evaluation.models import BadModel

    for name in names:
        if getattr(args, name) is not None:
            raise BadModel(f"{option} and --{name.replace('_', '-')} do not go together")


def _levels(text: str) -> tuple[str, list[str]]:
    from allay.science.evaluation.models import BadModel

    name, equals, levels = text.partition("=")
    if not equals or not levels:
        raise BadModel(f"--levels: {text!r} is not COLUMN=A,B,...")
    return name, levels.split(",")


def _as_json(fit: Fit) -> dict[str, Any]:
    return {
        "coefficients": [_row(one) for one in fit.coefficients()],
        "covariance": _covariance(fit),
        "covariance_structure": fit.covariance,
        "visits": list(fit.visits),
        "loglik": fit.log_likelihood,
        "reml": fit.solution.reml,
        "contrasts": [_row(one, "contrast") for one in fit.differences()],
        "marginal_means": [_row(one) for one in fit.marginal_means()],
        "joint_tests": _joint_tests(fit),
        "certificate": _certificate(fit),
        "attempts": [_attempt(one) for one in fit.attempts],
        "df": fit.df_name,
        "vcov": fit.sandwich.kind if fit.sandwich else "model",
        "information": fit.information,
        "people": fit.solution.people,
        "observations": fit.solution.observations,
        "fingerprint": fit.summaries.fingerprint if fit.summaries else None,
        "warnings": list(fit.warnings),
    }


def _row(one: Any, called: str = "name") -> dict[str, Any]:
    found: dict[str, Any] = {called: one.name} | ({"visit": one.visit} if one.visit is not None else {})
    if hasattr(one, "reason"):
        return found | dict.fromkeys(("estimate", "se", "df", "t", "p")) | {"not_estimable": one.reason}
    numbers = ("estimate", "se", "df", "t", "p", "low", "high")
    return found | {name: _number(getattr(one, name)) for name in numbers}


def _number(value: float) -> float | str | None:
    """JSON has neither NaN nor infinity."""
    if value != value:
        return None
    return value if abs(value) != float("inf") else "infinite"


def _covariance(fit: Fit) -> Any:
    if fit.random is not None:
        return {
            "random": {"names": list(fit.random.names), "covariance": fit.random.covariance.tolist()},
            "residual": fit.random.residual,
        }
    matrices = [matrix.tolist() for matrix in fit.solution.covariances]
    if fit.covariance_groups:
        return dict(zip(fit.covariance_groups, matrices, strict=True))
    if fit.group is not None:
        return {
            "visits": matrices[0],
            "group_variance": fit.group.variance,
            "intraclass_correlation": list(fit.group.correlations),
        } | _group_interval(fit.group)
    return matrices[0]


def _group_interval(group: Any) -> dict[str, Any]:
    found = group.interval()
    if hasattr(found, "not_estimable"):
        return {"interval_not_estimable": found.not_estimable}
    return {
        "groups": group.number,
        "group_variance_interval": [found.low, found.high],
        "intraclass_correlation_interval": [list(pair) for pair in found.correlations],
    }


def _joint_tests(fit: Fit) -> list[dict[str, Any]]:
    found = []
    for term in fit.design.formula.terms:
        name = ":".join(term)
        test = fit.joint(name)
        if hasattr(test, "statistic"):
            numbers = {"f": test.statistic, "num_df": test.numerator, "den_df": test.denominator, "p": test.p}
            found.append({"term": name} | {key: _number(value) for key, value in numbers.items()})
        else:
            found.append({"term": name, "not_estimable": test.not_estimable})
    return found


def _certificate(fit: Fit) -> dict[str, Any]:
    return _checked(fit.certificate) | {"steps": fit.solution.steps}


def _checked(certificate: Any) -> dict[str, Any]:
    return {
        "holds": certificate.holds,
        "gradient": _number(certificate.gradient),
        "decrement": _number(certificate.decrement),
        "curvature": _number(certificate.curvature),
        "room": _number(certificate.room),
        "boundary": list(certificate.boundary),
        "faults": list(certificate.faults),
    }


def _attempt(one: Any) -> dict[str, Any]:
    certificate = _checked(one.certificate) if one.certificate else None
    return {"covariance": one.covariance, "certificate": certificate, "reason": one.reason}


def _as_text(fit: Fit) -> list[str]:
    way = "restricted" if fit.solution.reml else "full"
    head = f"{fit.solution.people} people, {fit.solution.observations} outcomes, covariance {fit.covariance}"
    lines = [head, f"{way} log-likelihood {fit.log_likelihood:.6f}, df {fit.df_name}", ""]
    lines += _table("coefficient", fit.coefficients())
    differences = fit.differences()
    if differences:
        lines += ["", *_table("difference", differences)]
    lines += _group_lines(fit)
    faults = "; ".join(fit.certificate.faults)
    lines += ["", f"certificate: {'holds' if fit.certificate.holds else 'does not hold: ' + faults}"]
    lines += [f"at the boundary: {name}" for name in fit.certificate.boundary]
    return lines + [f"note: {warning}" for warning in fit.warnings]


def _group_lines(fit: Fit) -> list[str]:
    if fit.group is None:
        return []
    found, share = fit.group.interval(), max(fit.group.correlations)
    lines = ["", f"{fit.group.number} therapy groups share a variance of {fit.group.variance:.6g}"]
    if hasattr(found, "not_estimable"):
        return lines
    low, high = max(found.correlations, key=lambda pair: pair[1])
    lines[1] += f" ({found.low:.4g} to {found.high:.4g})"
    return [*lines, f"largest intraclass correlation {share:.3f} ({low:.3f} to {high:.3f})"]


def _table(title: str, rows: list[Any]) -> list[str]:
    names = [one.name + (f", {fit_visit}" if (fit_visit := one.visit) else "") for one in rows]
    width = max(len(title), *(len(name) for name in names))
    lines = [f"{title:<{width}} {'estimate':>12} {'se':>12} {'df':>9} {'t':>9} {'p':>9}"]
    for name, one in zip(names, rows, strict=True):
        if hasattr(one, "reason"):
            lines.append(f"{name:<{width}} not estimable: {one.reason}")
        else:
            lines.append(
                f"{name:<{width}} {one.estimate:12.6g} {one.se:12.6g} {one.df:9.2f} {one.t:9.3f} {one.p:9.4f}"
            )
    return lines
