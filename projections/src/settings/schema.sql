drop table if exists stops;

create table stops (
    what text not null primary key,   -- issuing, redeeming
    since_us integer not null,
    stopped_by text not null
);
