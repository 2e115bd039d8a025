create table leases (
    name text primary key not null,
    holder blob not null,
    until_us integer not null
) strict, without rowid;
