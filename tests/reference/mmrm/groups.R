# Makes groups.json of this folder from groups_three.csv and groups_nothing.csv. Run here:  Rscript groups.R
suppressMessages({library(nlme); library(jsonlite)})
nested <- function(file, method) {
  d <- read.csv(file); d$v <- factor(d$visit); d$t <- as.integer(d$v); d <- d[order(d$id, d$t), ]
  d$programme <- as.numeric(d$arm == "programme")
  d$meets <- factor(ifelse(d$programme == 1, paste("g", d$g), paste("alone", d$id)))
  d$arm <- factor(d$arm, levels = c("waiting list", "programme"))
  fit <- lme(y ~ x + arm * v, random = list(meets = pdDiag(~0 + programme)), method = method,
             correlation = corSymm(form = ~t | meets/id), weights = varIdent(form = ~1 | v), data = d,
             control = lmeControl(opt = "nlminb", maxIter = 500, msMaxIter = 5000, tolerance = 1e-12,
                                  msTol = 1e-14, niterEM = 0))
  list(coef = as.list(fixef(fit)), se = as.list(sqrt(diag(vcov(fit)))), loglik = as.numeric(logLik(fit)),
       group_variance = as.numeric(VarCorr(fit)[1, 1]))
}
write_json(list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), nlme = as.character(packageVersion("nlme"))),
  three = nested("groups_three.csv", "REML"), three_ml = nested("groups_three.csv", "ML"),
  nothing = nested("groups_nothing.csv", "REML")
), "groups.json", digits = 17, auto_unbox = TRUE, pretty = TRUE)
