# Reference figures for people's change: empirical-Bayes slopes by lme4, intervals of proportions by base R.
# Run from the repository: Rscript tests/reference/change/change.R
suppressMessages({library(lme4); library(jsonlite)})

best <- function(data) {
  fits <- list()
  for (optimiser in c("bobyqa", "Nelder_Mead", "nloptwrap")) {
    fits[[optimiser]] <- suppressMessages(suppressWarnings(
      lmer(y ~ t + (t | id), data, control = lmerControl(optimizer = optimiser, calc.derivs = FALSE))))
  }
  fits[[which.max(sapply(fits, logLik))]]
}

slopes <- function(data) {
  data <- data[!is.na(data$y), ]
  data <- data[data$id %in% names(which(table(data$id) >= 3)), ]
  data$t <- data$t - mean(unique(data$t))  # the index does not depend on it; lme4 converges better
  fit <- best(data)
  one <- as.data.frame(ranef(fit, condVar = TRUE))
  one <- one[one$term == "t", ]
  list(loglik = as.numeric(logLik(fit)), slope = fixef(fit)[["t"]], singular = isSingular(fit),
       people = lapply(seq_len(nrow(one)), function(i)
         list(id = as.character(one$grp[i]), deviation = one$condval[i], sd = one$condsd[i])))
}

trial <- read.csv("tests/reference/mmrm/trial.csv")
trial <- data.frame(id = trial$id, t = trial$week, y = trial$y)

set.seed(20)
made <- function(n, slope_sd, correlation) {
  u <- rnorm(n, 0, 6); v <- correlation * u / 6 * slope_sd + sqrt(1 - correlation^2) * rnorm(n, 0, slope_sd)
  data <- expand.grid(t = c(0, 6, 12, 26), id = seq_len(n))
  data$y <- round(40 + u[data$id] + (v[data$id] - 0.3) * data$t + rnorm(nrow(data), 0, 4))
  data$y[runif(nrow(data)) < 0.15] <- NA
  data
}
repeat {  # until intercept and slope come out perfectly correlated
  together <- made(30, 0.2, 0.999)
  found <- slopes(together)
  if (found$singular && min(sapply(found$people, `[[`, "sd")) > 1e-3) break
}

wilson <- function(x, n) as.numeric(suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int)
newcombe <- function(x, n, y, m) {  # Newcombe 1998, method 10, from base R's score intervals
  p <- x / n; q <- y / m; a <- wilson(x, n); b <- wilson(y, m)
  c(p - q - sqrt((p - a[1])^2 + (b[2] - q)^2), p - q + sqrt((a[2] - p)^2 + (q - b[1])^2))
}
cases <- list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20),
              c(0, 10, 0, 10), c(10, 10, 0, 20), c(10, 10, 0, 10), c(1, 1, 0, 1), c(17, 41, 22, 39))
proportions <- lapply(cases, function(one) list(
  counts = one, wilson = wilson(one[1], one[2]), newcombe = do.call(newcombe, as.list(one)),
  exact = as.numeric(binom.test(one[1], one[2])$conf.int),
  exact90 = as.numeric(binom.test(one[3], one[4], conf.level = 0.9)$conf.int)))

write_json(list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), lme4 = as.character(packageVersion("lme4"))),
  trial = slopes(trial), together = c(found, list(rows = together)), proportions = proportions),
  "tests/reference/change/change.json", auto_unbox = TRUE, digits = NA, na = "null", pretty = FALSE)
