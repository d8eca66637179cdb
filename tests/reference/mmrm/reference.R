# Makes reference.json of this folder from growth.csv and groups.csv; the part on trial.csv needs R's mmrm, which
# Debian does not have. Run here:  Rscript reference.R
suppressMessages({library(nlme); library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite)})
named <- function(x) as.list(x)
versions <- sapply(c("nlme", "lme4", "lmerTest", "pbkrtest"), function(p) as.character(packageVersion(p)))

growth <- read.csv("growth.csv"); growth$arm <- factor(growth$arm)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e6, rhoend = 1e-10))
lmm <- function(formula) {
  fit <- lmerTest::lmer(formula, growth, control = tight)
  s <- summary(fit)$coefficients
  k <- summary(fit, ddf = "Kenward-Roger")$coefficients
  ml <- lme4::lmer(formula, growth, REML = FALSE, control = tight)
  list(coef = named(fixef(fit)), se = named(s[, 2]), df = named(s[, 3]), loglik = as.numeric(logLik(fit)),
       kr_se = named(k[, 2]), kr_df = named(k[, 3]), ml_coef = named(fixef(ml)),
       ml_loglik = as.numeric(logLik(ml)), variances = as.data.frame(VarCorr(fit))$vcov)
}

groups <- read.csv("groups.csv"); groups$v <- factor(groups$visit)
groups$programme <- as.numeric(groups$arm == 1)
# people of the other arm meet nobody: each is alone
groups$meets <- factor(ifelse(groups$arm == 1, paste("g", groups$g), paste("alone", groups$id)))
groups$arm <- factor(groups$arm)
nested <- lme(y ~ x + arm * v, random = list(meets = pdDiag(~0 + programme)),
              correlation = corSymm(form = ~visit | meets/id), weights = varIdent(form = ~1 | v), data = groups,
              control = lmeControl(opt = "nlminb", maxIter = 500, msMaxIter = 5000, tolerance = 1e-12,
                                   msTol = 1e-14, niterEM = 0))
plain <- gls(y ~ x + arm * v, correlation = corSymm(form = ~visit | id), weights = varIdent(form = ~1 | v),
             data = groups, control = glsControl(opt = "nlminb", tolerance = 1e-12, maxIter = 500, msMaxIter = 5000))
rows <- function(fit, beta) list(coef = named(beta), se = named(sqrt(diag(vcov(fit)))), loglik = as.numeric(logLik(fit)))

write_json(list(
  versions = as.list(c(R = paste(R.version$major, R.version$minor, sep = "."), versions)),
  growth = list(`1|id` = lmm(y ~ arm * day + (1 | id)), `day|id` = lmm(y ~ arm * day + (day | id)),
                `day||id` = lmm(y ~ arm * day + (day || id))),
  groups = c(rows(nested, fixef(nested)), list(group_variance = as.numeric(VarCorr(nested)[1, 1]))),
  gls = rows(plain, coef(plain))
), "reference.json", digits = 17, auto_unbox = TRUE, pretty = TRUE)
