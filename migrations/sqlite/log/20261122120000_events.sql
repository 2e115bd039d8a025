create table events (
    position integer primary key,
    stream text not null,
    version integer not null,
    id blob not null,
    kind text not null,
    data blob not null,
    meta blob not null,
    recorded_at_us integer not null,
    unique (stream, version)
) strict;

create trigger events_are_never_updated before update on events
begin
    select raise(abort, 'events are never updated');
end;

create trigger events_are_never_deleted before delete on events
begin
    select raise(abort, 'events are never deleted');
end;
