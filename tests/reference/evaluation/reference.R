# What R says about synthetic_trial.csv; writes reference.json beside it.
suppressMessages({library(metafor); library(jsonlite)})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
d <- read.csv(file.path(here, "synthetic_trial.csv"), na.strings = c("", "NA"))
arms <- c("waiting", "programme", "usual care")
times <- c("baseline", "week-6", "week-12")

describe <- function(x) {
  x <- x[!is.na(x)]
  q <- quantile(x, c(.25, .5, .75), type = 7, names = FALSE)
  list(n = length(x), mean = mean(x), sd = sd(x), median = q[2], q1 = q[1], q3 = q[3], min = min(x), max = max(x))
}
wide <- function(score) {
  w <- reshape(d[d$timepoint %in% times[c(1, 3)], c("participant", "arm", "timepoint", score)],
               idvar = c("participant", "arm"), timevar = "timepoint", direction = "wide")
  names(w) <- c("participant", "arm", "first", "last")
  w$arm <- relevel(factor(w$arm), ref = "waiting")
  w
}
pick <- function(w, arm) if (arm == "all") w else w[w$arm == arm, ]
within <- function(w) {
  w <- w[complete.cases(w), ]
  t <- t.test(w$last, w$first, paired = TRUE)
  smd <- escalc(measure = "SMCRH", m1i = mean(w$last), m2i = mean(w$first), sd1i = sd(w$first), sd2i = sd(w$last),
                ni = nrow(w), ri = cor(w$first, w$last))
  list(n = nrow(w), estimate = unname(t$estimate), se = unname(t$stderr), low = t$conf.int[1], high = t$conf.int[2],
       df = unname(t$parameter), t = unname(t$statistic), p = t$p.value, sd = sd(w$last - w$first),
       correlation = cor(w$first, w$last), g = as.numeric(smd$yi), g_variance = as.numeric(smd$vi))
}
between <- function(w) {
  w <- w[complete.cases(w), ]
  fit <- lm(last ~ arm + first, data = w)
  welch <- function(arm) {
    t <- t.test((w$last - w$first)[w$arm == arm], (w$last - w$first)[w$arm == "waiting"])
    list(estimate = unname(t$estimate[1] - t$estimate[2]), se = unname(t$stderr), low = t$conf.int[1],
         high = t$conf.int[2], df = unname(t$parameter), t = unname(t$statistic), p = t$p.value)
  }
  ancova <- function(arm) {
    name <- paste0("arm", arm)
    s <- summary(fit)$coefficients[name, ]
    ci <- confint(fit)[name, ]
    list(estimate = s[[1]], se = s[[2]], low = ci[[1]], high = ci[[2]], df = fit$df.residual, t = s[[3]], p = s[[4]])
  }
  others <- arms[-1]
  list(adjusted = setNames(lapply(others, ancova), others), unadjusted = setNames(lapply(others, welch), others),
       pooled_sd = summary(lm(first ~ arm, data = w))$sigma)
}
change <- function(w, reliability = 0.85) {
  complete <- w[complete.cases(w), ]
  sdiff <- sqrt(2) * sd(complete$first) * sqrt(1 - reliability)
  count <- function(arm) {
    mine <- pick(complete, arm)
    rci <- (mine$last - mine$first) / sdiff
    improved <- sum(rci < -qnorm(.975)); worsened <- sum(rci > qnorm(.975))
    ci <- prop.test(improved, nrow(mine), correct = FALSE)$conf.int
    list(n = nrow(mine), improved = improved, worsened = worsened, improved_low = ci[1], improved_high = ci[2],
         not_measured = nrow(pick(w, arm)) - nrow(mine))
  }
  list(sdiff = sdiff, counts = setNames(lapply(c(arms, "all"), count), c(arms, "all")))
}
one <- function(score) {
  w <- wide(score)
  at <- function(arm, time) describe(d[(arm == "all" | d$arm == arm) & d$timepoint == time, score])
  list(description = setNames(lapply(c(arms, "all"), function(a) setNames(lapply(times, function(t) at(a, t)), times)),
                              c(arms, "all")),
       within = setNames(lapply(c(arms, "all"), function(a) within(pick(w, a))), c(arms, "all")),
       between = between(w), change = change(w))
}
result <- list(R = R.version.string, mood = one("mood"), pain = one("pain"))
write(toJSON(result, auto_unbox = TRUE, digits = I(16), pretty = TRUE), file.path(here, "reference.json"))
