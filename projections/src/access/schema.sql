drop table if exists grants;

create table grants (
    contact_id text not null,
    offering text not null,
    since_us integer not null,
    until_us integer,          -- not from this instant on; null = for good
    granted_by text not null,
    primary key (contact_id, offering)
);

create index grants_by_offering on grants (offering);
