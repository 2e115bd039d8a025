drop table if exists bulk_sends;
drop table if exists bulk_recipients;
drop table if exists bulk_links;

create table bulk_sends (
    id text not null primary key,
    started_at_us integer not null,
    started_by text not null,
    origin text not null,
    never_signed_in integer not null,
    unused integer not null,
    unused_of text,
    offering text,
    channels text not null,        -- by preference, separated by commas
    lifetime_s integer not null,
    messages integer not null,     -- as confirmed: so many recipients are listed
    words text,                    -- sealed: tag and reason
    listed integer not null,
    paused integer not null,
    ended text,                    -- finished, or why it was stopped
    ended_at_us integer
);

create index bulk_sends_by_age on bulk_sends (started_at_us, id);

create table bulk_recipients (
    bulk_id text not null,
    contact_id text not null,
    nth integer not null,          -- the order of sending
    skipped text,                  -- the word of the rule that refused
    primary key (bulk_id, contact_id)
) without rowid;

create index bulk_recipients_in_order on bulk_recipients (bulk_id, nth);

-- Links that were made as part of something larger.
create table bulk_links (
    link_id text not null primary key,
    bulk_id text not null,
    contact_id text not null
);

create index bulk_links_by_recipient on bulk_links (bulk_id, contact_id);
