create table if not exists checkpoints (
    projection text not null primary key,
    position integer not null,
    schema_hash text not null,
    updated_at_us integer not null
);

-- Events that a projection could not take in. While a stream has one here, its later events wait behind it.
create table if not exists failures (
    projection text not null,
    position integer not null,
    stream text not null,
    error text not null,
    tries integer not null,
    at_us integer not null,
    primary key (projection, position)
);
