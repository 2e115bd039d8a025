drop table if exists sign_ins;
drop table if exists outcomes;
drop table if exists signed_in_contacts;

-- Presses of contacts' buttons and codes by quarter of an hour: every time zone's day begins with one.
create table outcomes (
    outcome text not null,
    quarter_us integer not null,
    count integer not null,
    primary key (outcome, quarter_us)
) without rowid;

create table signed_in_contacts (
    contact_id text not null primary key,
    last_us integer not null
);

create index signed_in_contacts_by_age on signed_in_contacts (last_us);
