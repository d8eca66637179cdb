# Makes reference.json of this folder with R's lme4: each variable on all variables of the day before, less the person's
# mean; of three optimisers the highest likelihood. Run here:  Rscript reference.R [DIARY.csv SECONDS.json]
suppressMessages({library(lme4); library(jsonlite)})
pairs_of <- function(path) {
  d <- read.csv(path)
  names <- setdiff(names(d), c("id", "day"))
  d <- d[order(d$id, d$day), ]
  centred <- sapply(names, function(v) d[[v]] - ave(d[[v]], d$id, FUN = function(x) mean(x, na.rm = TRUE)))
  before <- c(NA, head(seq_len(nrow(d)), -1))
  follows <- c(FALSE, diff(d$day) == 1 & diff(d$id) == 0)
  lagged <- centred[before, , drop = FALSE]
  colnames(lagged) <- paste0("lag_", names)
  list(names = names, lags = colnames(lagged), rows = cbind(d, lagged)[follows, ])
}
controls <- list(
  bobyqa = lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(maxfun = 1e5, rhoend = 1e-9)),
  Nelder_Mead = lmerControl(optimizer = "Nelder_Mead", calc.derivs = FALSE,
                            optCtrl = list(maxfun = 1e5, FtolAbs = 1e-12, FtolRel = 1e-15)),
  nloptwrap = lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE,
                          optCtrl = list(maxeval = 1e5, xtol_abs = 1e-10, ftol_abs = 1e-12)))
best <- function(formula, rows, reml) {
  fits <- lapply(controls, function(how) suppressWarnings(suppressMessages(lmer(formula, rows, REML = reml, control = how))))
  heights <- sapply(fits, function(fit) as.numeric(logLik(fit)))
  fit <- fits[[which.max(heights)]]
  list(optimiser = names(fits)[which.max(heights)], loglik = max(heights), logliks = as.list(heights),
       coef = unname(fixef(fit)), se = unname(sqrt(diag(as.matrix(vcov(fit))))), residual = sigma(fit)^2,
       covariance = as.matrix(Matrix::bdiag(VarCorr(fit))), singular = isSingular(fit),
       personal = unname(as.matrix(coef(fit)$id)))
}
network <- function(path) {
  found <- pairs_of(path)
  terms <- paste(found$lags, collapse = " + ")
  one <- function(bar, reml) sapply(found$names, simplify = FALSE, function(y)
    best(as.formula(paste0(y, " ~ ", terms, " + (1 + ", terms, " ", bar, " id)")), found$rows, reml))
  list(pairs = nrow(found$rows),
       full = list(reml = one("|", TRUE), ml = one("|", FALSE)),
       diagonal = list(reml = one("||", TRUE), ml = one("||", FALSE)))
}
arguments <- commandArgs(TRUE)
if (length(arguments) == 2) {  # the measurement: every optimiser at its own settings, CPU seconds of each
  found <- pairs_of(arguments[1])
  terms <- paste(found$lags, collapse = " + ")
  result <- list()
  for (bar in c("|", "||")) for (how in c("nloptwrap", "bobyqa", "Nelder_Mead")) {
    seconds <- 0; heights <- c()
    for (y in found$names) {
      formula <- as.formula(paste0(y, " ~ ", terms, " + (1 + ", terms, " ", bar, " id)"))
      took <- system.time(fit <- suppressWarnings(suppressMessages(lmer(formula, found$rows,
                control = lmerControl(optimizer = how, calc.derivs = FALSE)))))
      seconds <- seconds + sum(took[1:2]); heights <- c(heights, as.numeric(logLik(fit)))
    }
    result[[bar]][[how]] <- list(seconds = seconds, logliks = heights)
  }
  write_json(result, arguments[2], digits = 17, auto_unbox = TRUE)
} else {
  versions <- list(R = paste(R.version$major, R.version$minor, sep = "."), lme4 = as.character(packageVersion("lme4")))
  write_json(list(versions = versions, diary = network("diary.csv"), alike = network("alike.csv")),
             "reference.json", digits = 17, auto_unbox = TRUE, pretty = FALSE)
}
