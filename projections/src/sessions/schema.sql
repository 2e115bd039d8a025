drop table if exists sessions;
drop table if exists session_admissions;

create table sessions (
    link_id text not null,
    use_number integer not null,
    subject text,                  -- who is signed in: a contact's or a staff member's id
    of_staff integer not null,
    admission integer,             -- null for staff
    method text not null,
    started_at_us integer not null,
    expires_at_us integer not null,
    idle_s integer not null,
    seen_at_us integer not null,   -- noted at most once a day
    beside text,                   -- the staff member whose console was open in the same browser
    client text,                   -- sealed
    ended text,                    -- why
    behind integer not null,       -- the subject's admission number has risen past its own, or the subject is gone
    primary key (link_id, use_number)
);

create index sessions_by_subject on sessions (subject, started_at_us);
create index sessions_behind on sessions (expires_at_us) where behind = 1 and ended is null;

-- Subjects whose number ever rose, or who are gone.
create table session_admissions (
    subject text not null primary key,
    admission integer,
    gone integer not null
);
