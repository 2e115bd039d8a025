drop table if exists offerings;

create table offerings (
    slug text not null primary key,
    kind text not null,
    title text not null,
    url text,
    added_at_us integer not null,
    archived_at_us integer
);
