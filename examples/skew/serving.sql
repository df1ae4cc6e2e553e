-- Features as serving code computes them, in SQLite. Three of them are wrong, each in a way that reads well.
select
    printf('%04d-%02d-%02d-%s%d-%s', year, month, day, carrier, flight, origin) as flight_id,
    carrier,
    distance,
    sched_dep_time / 100                                                 as dep_hour,
    cast(strftime('%w', printf('%04d-%02d-%02d', year, month, day)) as integer) as dow,
    cast(strftime('%H', time_hour) as integer)                           as hour,
    cast(strftime('%s', time_hour) as integer) + 60 * minute             as departs_at
from flights
