# Makes pool.json: Rubin's rules with the df of Barnard and Rubin by R's mice. Run in this folder.
suppressWarnings(suppressMessages({library(mice);library(jsonlite)}))
cases<-list(
  list(estimates=c(1.2,0.7,1.9,1.1,0.4),variances=c(0.40,0.55,0.35,0.48,0.51),df=Inf),
  list(estimates=c(1.2,0.7,1.9,1.1,0.4),variances=c(0.40,0.55,0.35,0.48,0.51),df=17),
  list(estimates=c(-3.1,-2.9),variances=c(1.5,1.6),df=117),
  list(estimates=c(2.00,2.01,1.99,2.00,2.02,1.98),variances=c(0.9,1.0,1.1,0.95,1.05,1.0),df=40),
  list(estimates=c(5,5,5,5),variances=c(1,1,1,1),df=8))
one<-function(case){ n<-if(is.finite(case$df)) case$df+1 else Inf
  p<-pool.scalar(case$estimates,case$variances,n=n,k=1)
  list(estimates=case$estimates,variances=case$variances,df_complete=if(is.finite(case$df)) case$df else NULL,
       estimate=p$qbar,within=p$ubar,between=p$b,total=p$t,df=p$df,fmi=p$fmi) }
# the whole way with mice::pool: five completed data sets of one regression
set.seed(7); n<-30; x<-round(rnorm(n),2); g<-rep(0:1,n/2); y<-round(1+x+0.8*g+rnorm(n),2); y[c(3,8,9,15,22,27)]<-NA
d<-data.frame(y=y,x=x,g=g); imp<-mice(d,m=5,method="norm",seed=11,printFlag=FALSE); fits<-with(imp,lm(y~g+x))
s<-summary(pool(fits),conf.int=TRUE); p<-pool(fits)$pooled
whole<-list(estimates=sapply(fits$analyses,function(f) coef(f)[["g"]]),variances=sapply(fits$analyses,function(f) vcov(f)["g","g"]),
  df_complete=n-3,estimate=s$estimate[2],se=s$std.error[2],df=s$df[2],t=s$statistic[2],p=s$p.value[2],low=s[2,"2.5 %"],high=s[2,"97.5 %"],fmi=p$fmi[2],within=p$ubar[2],between=p$b[2])
write_json(list(versions=list(R=paste(R.version$major,R.version$minor,sep="."),mice=as.character(packageVersion("mice"))),scalars=lapply(cases,one),whole=whole),"pool.json",digits=17,auto_unbox=TRUE,pretty=TRUE,null="null")
