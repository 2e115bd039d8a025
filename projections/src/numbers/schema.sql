drop table if exists opted_out_numbers;

create table opted_out_numbers (
    phone_index text not null primary key,
    opted_out_at_us integer not null
);
