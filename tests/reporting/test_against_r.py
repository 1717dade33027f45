"""The kernels against R's survival package, on made-up data with ties, where R is at hand."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncdisc.reporting.stats import clopper_pearson, hazard_ratio, kaplan_meier, log_rank, quantile, rate_at

SHARES, LANDMARKS = (0.25, 0.5, 0.75), (6.0, 12.0, 18.0)
SCRIPT = """
suppressMessages(library(survival))
d <- read.csv(commandArgs(TRUE)[1]); one <- d[d$group == 1, ]
f <- survfit(Surv(time, event) ~ 1, one, conf.type = "log-log")
q <- quantile(f, c(0.25, 0.5, 0.75)); s <- summary(f, times = c(6, 12, 18), extend = TRUE)
r <- survfit(Surv(time, 1 - event) ~ 1, one, conf.type = "log-log")
p <- survdiff(Surv(time, event) ~ arm, d); t <- survdiff(Surv(time, event) ~ group + strata(stratum), d)
h <- coxph(Surv(time, event) ~ group + strata(stratum), d, ties = "efron",
           control = coxph.control(eps = 1e-12, iter.max = 100))
w <- function(x) paste0("[", paste(ifelse(is.na(x), "NaN", sprintf("%.12f", x)), collapse = ","), "]")
cat(sprintf('{"surv":%s,"se":%s,"lower":%s,"upper":%s,"q":%s,"ql":%s,"qu":%s,"rate":%s,"rl":%s,"ru":%s,"follow":%s,
"chi":%s,"strat":%s,"expected":%s,"hr":%s,"binom":%s}', w(f$surv), w(f$surv * f$std.err), w(f$lower), w(f$upper),
  w(q$quantile), w(q$lower), w(q$upper), w(s$surv), w(s$lower), w(s$upper), w(quantile(r, 0.5)$quantile),
  w(p$chisq), w(t$chisq), w(rowSums(t$exp)), w(c(exp(coef(h)), exp(confint(h)), coef(summary(h))[5])),
  w(binom.test(sum(d$event), nrow(d))$conf.int)))
"""


def _has_survival() -> bool:
    rscript = shutil.which("Rscript")
    if rscript is None:
        return False
    return subprocess.run([rscript, "-e", "library(survival)"], capture_output=True, check=False).returncode == 0


needs_r = pytest.mark.skipif(not _has_survival(), reason="R's survival package is not at hand")


def _data(seed: int) -> pd.DataFrame:
    made = np.random.default_rng(seed)
    n = 90
    time = np.maximum(made.exponential(12, n).round(int(seed % 2)), 0.5)
    columns = {"group": made.integers(0, 2, n), "arm": made.integers(0, 3, n), "stratum": made.integers(0, 3, n)}
    return pd.DataFrame({"time": time, "event": made.random(n) < 0.65, **columns}).astype({"event": int})


@needs_r
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_survival_package_gives_the_same_to_1e_6(seed: int, tmp_path: Path) -> None:
    data = _data(seed)
    data.to_csv(tmp_path / "d.csv", index=False)
    (tmp_path / "s.R").write_text(SCRIPT)
    command = [str(shutil.which("Rscript")), str(tmp_path / "s.R"), str(tmp_path / "d.csv")]
    expected = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    def same(name: str, *found: object) -> None:
        values = np.concatenate([np.atleast_1d(np.asarray(value, dtype=float)) for value in found])
        assert values == pytest.approx(np.array(expected[name], dtype=float), abs=1e-6, nan_ok=True), name

    time, event = data["time"].to_numpy(float), data["event"].to_numpy(bool)
    group, arm, stratum = (data[name].to_numpy() for name in ("group", "arm", "stratum"))
    made = kaplan_meier(time[group == 1], event[group == 1])
    same("surv", made.survival)
    same("se", made.std_err)
    # survfit has no limits where S is 1 and there is a censored time, LIFETEST has 1 and 1, as we do
    before = made.survival == 1
    same("lower", np.where(before, np.nan, made.lower))
    same("upper", np.where(before, np.nan, made.upper))
    quantiles = [quantile(made, share) for share in SHARES]
    same("q", [q.value for q in quantiles])
    same("ql", [q.lower for q in quantiles])
    same("qu", [q.upper for q in quantiles])
    rates = [rate_at(made, time) for time in LANDMARKS]
    same("rate", [rate.value for rate in rates])
    same("rl", [rate.lower for rate in rates])
    same("ru", [rate.upper for rate in rates])
    same("follow", quantile(kaplan_meier(time[group == 1], ~event[group == 1]), 0.5).value)
    same("chi", log_rank(time, event, arm).chi_square)
    tested = log_rank(time, event, group, stratum)
    same("strat", tested.chi_square)
    same("expected", tested.expected)
    ratio = hazard_ratio(time, event, group == 1, stratum)
    same("hr", ratio.value, ratio.lower, ratio.upper, ratio.p_value)
    share = clopper_pearson(int(event.sum()), len(event))
    same("binom", share.lower, share.upper)
