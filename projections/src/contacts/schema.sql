drop table if exists contacts;
drop table if exists contact_tags;

create table contacts (
    id text not null primary key,
    details text,             -- sealed; null once erased
    email_index text,         -- keyed hashes for exact look-up
    phone_index text,
    external_id_index text,
    admission integer not null,
    phase text not null,      -- present, erasing, erased
    added_at_us integer not null
);

create index contacts_by_email on contacts (email_index) where email_index is not null;
create index contacts_by_phone on contacts (phone_index) where phone_index is not null;
create index contacts_by_external_id on contacts (external_id_index) where external_id_index is not null;
create index contacts_by_age on contacts (added_at_us, id);
create index contacts_without_email on contacts (added_at_us, id) where email_index is null and phase = 'present';
create index contacts_without_phone on contacts (added_at_us, id) where phone_index is null and phase = 'present';
create index contacts_erasing on contacts (added_at_us) where phase = 'erasing';

-- Tags from the CRM, as keyed hashes.
create table contact_tags (
    contact_id text not null,
    tag_index text not null,
    primary key (tag_index, contact_id)
) without rowid;

create index contact_tags_by_contact on contact_tags (contact_id);
