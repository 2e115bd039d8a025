drop table if exists stops;

create table stops (
    what text not null primary key,   -- issuing, redeeming
    since_us integer not null,
    stopped_by text not null
);

drop table if exists templates;

create table templates (
    channel text not null,
    locale text not null,
    changed_us integer not null,
    changed_by text not null,
    primary key (channel, locale)
);
