-- The same features, mended.
select
    printf('%04d-%02d-%02d-%s%d-%s', year, month, day, carrier, flight, origin) as flight_id,
    carrier,
    distance,
    sched_dep_time / 100.0                                               as dep_hour,  -- of two integers SQLite gives an integer
    (cast(strftime('%w', printf('%04d-%02d-%02d', year, month, day)) as integer) + 6) % 7 as dow,  -- %w counts from Sunday, pandas from Monday
    hour,                                                                              -- time_hour is in UTC
    cast(strftime('%s', time_hour) as integer) + 60 * minute             as departs_at
from flights
