drop table if exists deliveries;

create table deliveries (
    id text not null primary key,
    link_id text not null,
    subject text,                  -- the link's: a contact's or a staff member's id
    channel text not null,
    target text,                   -- sealed
    state text not null,           -- queued, sending, sent, delivered, failed, maybe_sent, cancelled
    attempts integer not null,
    requested_by text not null,
    requested_at_us integer not null,
    attempted_at_us integer,       -- last
    due_at_us integer,             -- a queued one is not tried before; null: at once
    settled_at_us integer,
    code text,                     -- the provider's
    words text,                    -- the code, or why it was cancelled
    provider_id text
);

create index deliveries_by_link on deliveries (link_id);
create index deliveries_by_subject on deliveries (subject);
create index deliveries_pending on deliveries (requested_at_us, id) where state in ('queued', 'sending');
create index deliveries_unanswered on deliveries (attempted_at_us) where state = 'maybe_sent';
create index deliveries_in_trouble on deliveries (requested_at_us, id) where state in ('failed', 'maybe_sent');
-- The dashboard counts each: a condition on the state alone does not follow the index of both.
create index deliveries_failed on deliveries (requested_at_us) where state = 'failed';
create index deliveries_maybe_sent on deliveries (requested_at_us) where state = 'maybe_sent';
