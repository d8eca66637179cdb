# How mmrm.json of this folder was made: R 4.2.2, mmrm 0.3.18 with a tight optimiser (its default stops after three to
# four digits), emmeans 1.8.4. Not run by the tests.
library(mmrm); library(emmeans)
d <- read.csv("trial.csv"); for (v in c("id", "arm", "visit")) d[[v]] <- factor(d[[v]])
tight <- function(df, vcov) mmrm_control(method = df, vcov = vcov, optimizer = "BFGS",
                                         optimizer_control = list(reltol = 1e-16, maxit = 2000))
fit <- function(formula, df = "Satterthwaite", vcov = NULL, reml = TRUE)
  mmrm(formula, data = d, reml = reml, control = tight(df, vcov))
# us: every df and vcov named in the keys; marginal means and arm contrasts by emmeans(fit, ~arm, by = "visit")
#   fit(y ~ x + arm*visit + us(visit | id), "Kenward-Roger", "Kenward-Roger-Linear"), ...
# structures: fit(y ~ x + arm*visit + toeph(visit | id)), ..., us(visit | arm/id)
# joint: df_md(fit, L) with L the four rows of arm:visit
# constrained: no arm at visit 1, columns a2 ... a5 = arm 1 at that visit: fit(y ~ x + visit + a2 + a3 + a4 + a5 + us(visit | id))
