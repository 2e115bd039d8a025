drop table if exists staff;
drop table if exists api_tokens;

create table staff (
    id text not null primary key,
    role text not null,
    details text,              -- sealed; null for the first owner until the first sign-in
    added_at_us integer not null,
    removed_at_us integer
);

create table api_tokens (
    id text not null primary key,
    name text not null,
    role text not null,
    made_by text,              -- the staff member it ends with
    created_by text not null,
    created_at_us integer not null,
    expires_at_us integer,
    revoked_at_us integer
);
