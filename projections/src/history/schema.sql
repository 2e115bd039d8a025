drop table if exists history;

create table history (
    position integer not null primary key,
    at_us integer not null,
    kind text not null,
    subject text,              -- whom it is about: a contact's or a staff member's id
    link_id text,
    use_number integer,        -- with the link: the session
    delivery_id text,
    actor text not null,
    origin text not null,
    detail text not null,      -- JSON, nothing personal
    sealed text                -- browser, address or reason, as the kind says
);

-- Each goes on with the position, which is the row's own number.
create index history_by_time on history (at_us);
create index history_by_subject on history (subject, at_us);
create index history_by_kind on history (kind, at_us);
