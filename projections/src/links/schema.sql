drop table if exists links;
drop table if exists link_admissions;

create table links (
    id text not null primary key,
    subject text not null,         -- whom it signs in: a contact's or a staff member's id
    of_staff integer not null,
    admission integer,             -- null for staff
    destination text not null,
    kind text not null,
    max_uses integer not null,
    key_id integer not null,       -- the signing key's number
    uses integer not null,
    issued_at_us integer not null,
    expires_at_us integer not null,
    issued_by text not null,
    origin text not null,
    reason text,                   -- sealed
    revoked text,                  -- why
    revealed integer not null,
    opened_at_us integer,          -- first, by a person
    redeemed_at_us integer,        -- last
    emailed integer not null,      -- was to be sent over this channel, whatever came of it
    texted integer not null,
    behind integer not null        -- its subject's admission number has risen past its own, or the subject is gone
);

create index links_by_subject on links (subject, issued_at_us, id);
create index links_by_age on links (issued_at_us, id);
-- 2 revoked, 1 used up, 0 neither: as far as that can be told without the clock.
create index links_by_fate on links (
    (case when revoked is not null then 2 when uses >= max_uses then 1 else 0 end), issued_at_us, id);
create index links_emailed on links (
    (case when revoked is not null then 2 when uses >= max_uses then 1 else 0 end), issued_at_us, id) where emailed = 1;
create index links_texted on links (
    (case when revoked is not null then 2 when uses >= max_uses then 1 else 0 end), issued_at_us, id) where texted = 1;
-- Links that may work: all that is asked to count them, so that no row need be looked up.
create index links_unused on links (expires_at_us, key_id, behind, of_staff, revoked, uses, max_uses)
    where revoked is null and uses < max_uses;
create index links_behind on links (expires_at_us) where behind = 1 and revoked is null;

-- Subjects whose number ever rose, or who are gone.
create table link_admissions (
    subject text not null primary key,
    admission integer,
    gone integer not null
);
