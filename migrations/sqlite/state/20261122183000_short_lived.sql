create table marks (
    key text primary key not null,
    until_us integer not null
) strict, without rowid;

create index marks_by_end on marks (until_us);

create table parcels (
    key text primary key not null,
    sealed blob not null,
    until_us integer not null
) strict, without rowid;

create index parcels_by_end on parcels (until_us);
