create table budgets (
    key text not null,
    window_us integer not null,
    started_at_us integer not null,
    taken integer not null,
    primary key (key, window_us)
) strict, without rowid;

create index budgets_by_end on budgets (started_at_us + window_us);
