drop table if exists sign_ins;
drop table if exists signed_in_contacts;

-- Sign-ins of contacts by quarter of an hour: every time zone's day begins with one.
create table sign_ins (
    quarter_us integer not null primary key,
    count integer not null
);

create table signed_in_contacts (
    contact_id text not null primary key,
    last_us integer not null
);

create index signed_in_contacts_by_age on signed_in_contacts (last_us);
