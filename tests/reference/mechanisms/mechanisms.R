# Reference results for mechanisms: lavaan (path models, full information, random-intercept cross-lagged panel model),
# boot (stratified bootstrap, percentile and BCa intervals) and lm. Run in this folder: Rscript mechanisms.R
suppressMessages({library(lavaan); library(boot); library(jsonlite)})
trial <- read.csv("trial.csv"); waves <- read.csv("waves.csv")
tight <- list(rel.tol = 1e-13)

told <- function(fit) {
  p <- parameterEstimates(fit)
  p <- p[p$label != "" & !duplicated(p$label), ]
  list(estimate = setNames(as.list(p$est), p$label), se = setNames(as.list(p$se), p$label),
       loglik = as.numeric(logLik(fit)), n = lavInspect(fit, "nobs"))
}

one <- '
  criticism6 ~ a*arm + age + criticism0 + interference0
  interference12 ~ b*criticism6 + direct*arm + age + criticism0 + interference0
  indirect := a*b
  total := direct + a*b
'
two <- '
  criticism6 ~ a1*arm + age + criticism0 + reassurance0 + interference0
  reassurance6 ~ a2*arm + age + criticism0 + reassurance0 + interference0
  interference12 ~ b1*criticism6 + b2*reassurance6 + direct*arm + age + criticism0 + reassurance0 + interference0
  criticism6 ~~ reassurance6
  indirect1 := a1*b1
  indirect2 := a2*b2
  indirect := a1*b1 + a2*b2
  total := direct + a1*b1 + a2*b2
'
used1 <- c("arm", "age", "criticism0", "interference0", "criticism6", "interference12")
used2 <- c("arm", "age", "criticism0", "reassurance0", "interference0", "criticism6", "reassurance6", "interference12")
whole <- function(names) trial[complete.cases(trial[names]), ]
started <- trial[complete.cases(trial[c("criticism0", "interference0")]), ]  # nobody's baseline is missing
fiml <- function(model, data) sem(model, data, missing = "fiml", fixed.x = FALSE, control = tight)

out <- list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")),
                            boot = as.character(packageVersion("boot"))))
out$complete_one <- told(sem(one, whole(used1), meanstructure = TRUE, control = tight))
out$complete_two <- told(sem(two, whole(used2), meanstructure = TRUE, control = tight))
out$full_one <- told(fiml(one, trial))
out$full_one_started <- told(fiml(one, started))
out$full_two <- told(fiml(two, trial))

# Bootstrap: lavaan's own, not stratified, as a summary; boot's, stratified, with its draws
set.seed(1)
drawn <- bootstrapLavaan(sem(one, whole(used1), meanstructure = TRUE), R = 1000,
                         FUN = function(fit) coef(fit)["a"] * coef(fit)["b"])
out$lavaan_bootstrap <- list(replicates = nrow(drawn), mean = mean(drawn), sd = sd(drawn[, 1]),
                             quantiles = as.list(unname(quantile(drawn, c(.025, .5, .975)))))
small <- whole(used1)[1:60, ]
product <- function(d, i) {
  d <- d[i, ]
  m <- lm(criticism6 ~ arm + age + criticism0 + interference0, d)
  y <- lm(interference12 ~ criticism6 + arm + age + criticism0 + interference0, d)
  unname(coef(m)["arm"] * coef(y)["criticism6"])
}
set.seed(2)
booted <- boot(small, product, R = 299, strata = small$arm)
influence <- empinf(booted, type = "jack")
intervals <- boot.ci(booted, conf = c(.9, .95), type = c("perc", "bca"), L = influence)
out$boot <- list(draws = boot.array(booted), replicates = booted$t[, 1], estimate = booted$t0,
                 influence = influence, levels = c(.9, .95),
                 percentile = intervals$percent[, 4:5], bca = intervals$bca[, 4:5])

# Interaction of arm and mediator: natural effects by their formulas from two regressions
d <- whole(used1)
m <- lm(criticism6 ~ arm + age + criticism0 + interference0, d)
y <- lm(interference12 ~ criticism6*arm + age + criticism0 + interference0, d)
without <- mean(predict(m, transform(d, arm = 0)))
a <- coef(m)["arm"]; b <- coef(y)["criticism6"]; h <- coef(y)["criticism6:arm"]; direct <- coef(y)["arm"]
out$interaction <- lapply(list(interaction = h, interaction_se = summary(y)$coefficients["criticism6:arm", 2],
  direct_without = direct + h * without, direct_with = direct + h * (without + a),
  indirect_without = a * b, indirect_with = a * (b + h)), unname)

# Random-intercept cross-lagged panel model (Hamaker 2015): lags alike over time, everything else free
riclpm <- function(count) {
  w <- 1:count; later <- 2:count
  paste(c(
    paste("rm =~", paste0("1*m", w, collapse = " + ")), paste("ry =~", paste0("1*y", w, collapse = " + ")),
    paste0("wm", w, " =~ 1*m", w), paste0("wy", w, " =~ 1*y", w),
    paste0("m", w, " ~~ 0*m", w), paste0("y", w, " ~~ 0*y", w),
    paste0("wm", later, " ~ mm*wm", later - 1, " + my*wy", later - 1),
    paste0("wy", later, " ~ ym*wm", later - 1, " + yy*wy", later - 1),
    "rm ~~ vrm*rm", "ry ~~ vry*ry", "rm ~~ crmry*ry",
    paste0("wm", w, " ~~ qm", w, "*wm", w), paste0("wy", w, " ~~ qy", w, "*wy", w), paste0("wm", w, " ~~ qmy", w, "*wy", w),
    "rm ~~ 0*wm1 + 0*wy1", "ry ~~ 0*wm1 + 0*wy1",
    paste0("m", w, " ~ 1 + arm"), paste0("y", w, " ~ 1 + arm"), "arm ~~ arm", "arm ~ 1"), collapse = "\n")
}
panel <- function(data, count) {
  names <- c("arm", paste0("m", 1:count), paste0("y", 1:count))
  fit <- lavaan(riclpm(count), data[names], missing = "fiml", fixed.x = FALSE, control = list(rel.tol = 1e-11))
  stopifnot(lavInspect(fit, "converged"))
  found <- told(fit)
  # the arm's own share of the likelihood, which Allay does not count
  share <- mean(data$arm); n <- nrow(data)
  found$arm_loglik <- -n / 2 * (log(2 * pi * share * (1 - share)) + 1)
  found
}
out$panel_five <- panel(waves, 5)
out$panel_three <- panel(waves, 3)
out$panel_complete <- panel(waves[complete.cases(waves[c(paste0("m", 1:4), paste0("y", 1:4))]), ], 4)

write(toJSON(out, digits = 15, auto_unbox = TRUE, pretty = FALSE), "reference.json")
