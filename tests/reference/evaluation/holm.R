# Makes holm.json: R's own p.adjust. Run in this folder: Rscript holm.R
library(jsonlite)
cases <- list(c(.01, .04, .03), c(.5), c(.2, .001, .2, .04, .04), c(0, 1, .5), c(.011, .02, .03, .04, .9, .0001))
write_json(lapply(cases, function(p) list(p = p, holm = p.adjust(p, "holm"))), "holm.json", digits = NA, auto_unbox = FALSE, pretty = TRUE)
