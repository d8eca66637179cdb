# Makes reference_based.json. Needs R with rbmi 1.5.2, mmrm 0.3.18, jsonlite; run in this folder.
suppressWarnings(suppressMessages({library(rbmi);library(jsonlite)}))
W<-function(x,f) write_json(x,paste0(f,".json"),digits=17,auto_unbox=TRUE,pretty=TRUE)
d<-read.csv("../mmrm/trial.csv"); full<-expand.grid(id=unique(d$id),visit=1:5); full<-merge(full,unique(d[,c("id","arm","x")]),by="id"); full<-merge(full,d[,c("id","visit","y")],by=c("id","visit"),all.x=TRUE); full<-full[order(full$id,full$visit),]
full$id<-factor(full$id); full$visit<-factor(full$visit); full$arm<-factor(full$arm)
ice<-do.call(rbind,lapply(split(full,full$id),function(s){ o<-which(!is.na(s$y)); l<-max(o); if(l<5) data.frame(id=s$id[1],visit=s$visit[l+1],strategy="JR") else NULL })); rownames(ice)<-NULL; ice$id<-factor(ice$id,levels=levels(full$id)); ice$visit<-factor(ice$visit,levels=levels(full$visit))
vars<-set_vars(outcome="y",visit="visit",subjid="id",group="arm",covariates=c("x","visit*arm"))
dr<-draws(full,data_ice=ice,vars=vars,method=method_condmean(type="jackknife"),quiet=TRUE)
v2<-set_vars(subjid="id",outcome="y",visit="visit",group="arm",covariates=c("x")); out<-list()
for(s in c("JR","CIR","CR","MAR","LMCF")){ up<-ice; up$strategy<-s; im<-impute(dr,references=c("0"="0","1"="0"),update_strategy=up); p<-as.data.frame(pool(analyse(im,fun=ancova,vars=v2))); out[[s]]<-p }
# delta adjustment: +k at every imputed visit for arm 1 under MAR
up<-ice; up$strategy<-"MAR"; im<-impute(dr,references=c("0"="0","1"="0"),update_strategy=up)
for(k in c(2,5)){ dt<-delta_template(im); dt$delta<-ifelse(dt$is_missing & dt$arm=="1",k,0); p<-as.data.frame(pool(analyse(im,fun=ancova,delta=dt,vars=v2))); out[[paste0("MAR_delta",k,"_arm1_all_missing")]]<-p }
W(list(model="imputation model: MMRM y ~ x + visit*arm, us, same covariance both arms, REML; ICE = visit after last observed value; both arms use the strategy with arm 0 as reference; analysis: ANCOVA y ~ arm + x per visit; SE by leave-one-participant-out jackknife",versions=list(R=paste(R.version$major,R.version$minor,sep="."),rbmi=as.character(packageVersion("rbmi")),mmrm=as.character(packageVersion("mmrm"))),tolerance="the package fits its MMRM with a default optimiser tolerance: expect agreement to about 5e-4 relative, not 1e-6",pooled=out),"reference_based")
