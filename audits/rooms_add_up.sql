AUDIT (
  name rooms_add_up
);

/* Occupied rooms of a day, over all its rows, are those of the company. A property without rooms has no row and no occupied room. */
SELECT
  f.snapshot_date
FROM silver.occupancy_facts AS f
LEFT JOIN (
  SELECT
    snapshot_date,
    SUM(occupied_rooms) AS rooms
  FROM @this_model
  GROUP BY
    snapshot_date
) AS p
  ON p.snapshot_date = f.snapshot_date
WHERE
  f.day_kind = 'fact'
  AND f.snapshot_date BETWEEN @start_ds AND @end_ds
  AND f.period_end_rooms <> COALESCE(p.rooms, 0)