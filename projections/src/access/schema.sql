drop table if exists grants;
drop table if exists portal_members;

create table grants (
    contact_id text not null,
    offering text not null,
    since_us integer not null,
    until_us integer,          -- not from this instant on; null = for good
    granted_by text not null,
    primary key (contact_id, offering)
);

create index grants_by_offering on grants (offering, until_us);

-- Contacts who were ever granted anything, or ever signed in: the dashboard counts those who are invited.
create table portal_members (
    contact_id text not null primary key,
    until_us integer not null,   -- in the portal until then: the greatest number = for good, 0 = no grant
    signed_in integer not null   -- ever
);

create index portal_members_invited on portal_members (until_us, signed_in) where signed_in = 0;
