-- Who lived where and when: each room is a chain of gap, stay, gap, stay … from ten years back, so that stays in one
-- room do not overlap and about 72 % of the rooms to let are taken on any day.
CREATE TABLE stays AS
WITH links AS (
  SELECT room_ix, k,
    45 + skew('stay', room_ix * 100 + k, 1665) AS stay_days,
    5 + skew('gap', room_ix * 100 + k, 690) AS gap_days
  FROM rooms, range(1, 17) t(k)
  WHERE status = 1
), chain AS (
  SELECT room_ix, k, stay_days,
    var('founded') + sum(stay_days + gap_days) OVER (PARTITION BY room_ix ORDER BY k)::INTEGER AS end_day
  FROM links
), dated AS (
  SELECT room_ix, k, (end_day - stay_days::INTEGER) AS start_day, end_day FROM chain
  WHERE end_day - stay_days::INTEGER < var('end_day') + 140
), taken AS (
  SELECT room_ix, row_number() OVER (ORDER BY rnd('double', room_ix, 1000000000), room_ix) AS n
  FROM dated WHERE start_day < var('end_day') - 90 AND end_day > var('end_day') + 60
), extra AS (
  -- rooms registered twice, and after them a few that a company shares among eight
  SELECT room_ix, 100 + copy AS k,
    var('end_day') - (40 + rnd('double-start', room_ix * 10 + copy, 300))::INTEGER AS start_day,
    var('end_day') + (90 + rnd('double-end', room_ix * 10 + copy, 300))::INTEGER AS end_day
  FROM taken, range(1, 8) t(copy)
  WHERE n <= var('doubles') + var('shared') AND (copy = 1 OR n > var('doubles'))
)
SELECT row_number() OVER (ORDER BY start_day, room_ix, k) AS stay_ix, *
FROM (FROM dated UNION ALL FROM extra);

-- A tenant who moves to another room: a stay that ends is tied to one that begins in the same week.
CREATE TABLE transfers AS
WITH drawn AS (
  SELECT *, rnd('transfer', stay_ix, 1000) AS f FROM stays WHERE k < 100
), leaving AS (
  SELECT stay_ix, (end_day - var('founded')) // 7 AS week,
    row_number() OVER (PARTITION BY week ORDER BY stay_ix) AS n
  FROM drawn WHERE f < 115 AND end_day - start_day > 150
), arriving AS (
  SELECT stay_ix, start_day, (start_day - var('founded')) // 7 AS week,
    row_number() OVER (PARTITION BY week ORDER BY stay_ix) AS n
  FROM drawn WHERE f >= 115 AND f < 215
)
SELECT l.stay_ix AS from_stay, a.stay_ix AS to_stay, a.start_day AS day
FROM leaving l JOIN arriving a USING (week, n);
