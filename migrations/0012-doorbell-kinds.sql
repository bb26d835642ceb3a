-- Explaining for the first time and explaining again are two jobs, each with its own pace: the name of the job says which.

update doorbell set job = 'correlate-again' where job = 'correlate-alerts' and again;
alter table doorbell drop column again;
