# Power of the two-sided t test and binomial tails, by base R. Run in this folder: Rscript generate.R
library(jsonlite)
cases <- expand.grid(n = c(8, 20, 64), delta = c(0.2, 0.5, 1), level = c(0.05, 0.01))
cases$power <- mapply(function(n, delta, level)
  power.t.test(n = n, delta = delta, sd = 1, sig.level = level, strict = TRUE)$power,
  cases$n, cases$delta, cases$level)
finish <- expand.grid(start = c(8, 10, 13, 20), needed = c(1, 8), chance = c(0.5, 0.75, 0.9))
finish$reached <- pbinom(finish$needed - 1, finish$start, finish$chance, lower.tail = FALSE)
write_json(list(version = R.version.string, t_test = cases, finish = finish), "power.json", digits = 16, pretty = TRUE)
