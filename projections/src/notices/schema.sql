drop table if exists notices;

create table notices (
    id text not null primary key,
    contact_id text not null,
    channel text not null,
    state text not null,           -- waiting, sending; a row goes with its outcome
    since_us integer not null      -- waiting: not before; sending: begun
);

create index notices_by_contact on notices (contact_id);
create index notices_by_state on notices (channel, state, since_us);
