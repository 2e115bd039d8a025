-- A table with row ids on purpose: rows are only ever added at the end, so no page split copies wrapped bytes to where
-- secure_delete would not reach them.
create table subject_keys (
    id integer primary key,
    subject blob not null unique,
    wrapped blob,
    created_at_us integer not null,
    destroyed_at_us integer,
    check ((wrapped is null) = (destroyed_at_us is not null))
) strict;

-- A known text under the master key, so that a wrong one is noticed at start.
create table master_checks (
    id integer primary key check (id = 1),
    wrapped blob not null
) strict;
