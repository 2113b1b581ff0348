-- One row a contract. A renewal is a new row in the same room; the row before it is closed when it is written.
CREATE TABLE contracts AS
WITH homes AS (
  SELECT tenant_ix, stay_ix, start_day AS original_day FROM tenants WHERE kind = 'resident'
  UNION ALL
  SELECT tenant_ix, to_stay, start_day FROM tenants WHERE kind = 'resident' AND to_stay IS NOT NULL
), lived AS (
  SELECT h.tenant_ix, h.original_day, s.stay_ix, s.room_ix, s.start_day, s.end_day,
    t.stay_ix = s.stay_ix AS first_home, t.final_end = s.end_day AS last_home,
    t.created_day, t.applied, t.days4, t.renews
  FROM homes h JOIN stays s ON s.stay_ix = h.stay_ix JOIN tenants t USING (tenant_ix)
  WHERE NOT t.without_contract
), firsts AS (
  SELECT tenant_ix, stay_ix, room_ix, 'first' AS kind, 0 AS k, start_day AS term_day, original_day,
    CASE WHEN NOT first_home THEN start_day - 30
      -- some applicants have no contract before they move in
      WHEN applied AND days4 = 0 AND rnd('no-contract', stay_ix, 100) < 9 THEN start_day
      ELSE created_day END AS created_day,
    CASE WHEN NOT first_home THEN start_day END AS current_from
  FROM lived
), renewals AS (
  SELECT tenant_ix, stay_ix, room_ix, 'renewal' AS kind, k, start_day + (365 * k)::INTEGER AS term_day, original_day,
    term_day - rnd('signed', stay_ix * 10 + k, 25)::INTEGER AS created_day, created_day AS current_from
  FROM lived, range(1, 6) t(k)
  WHERE renews AND start_day + (365 * k)::INTEGER < end_day - 35
), void AS (
  -- a renewal that was cancelled at once: the newest row of its room hides the valid one
  SELECT tenant_ix, stay_ix, room_ix, 'void' AS kind, 9 AS k, created_day + 10 AS term_day, original_day,
    var('end_day') - (15 + rnd('void-day', stay_ix, 200))::INTEGER AS created_day, created_day AS current_from
  FROM lived WHERE start_day < var('end_day') - 300 AND end_day > var('end_day') + 30 AND last_home
  ORDER BY rnd('void', stay_ix, 1000000000), stay_ix LIMIT var('void')
), cancelled AS (
  SELECT tenant_ix, -n AS stay_ix, room_ix, 'cancelled' AS kind, 0 AS k, start_day AS term_day, start_day AS original_day,
    created_day, created_day AS current_from
  FROM tenants WHERE kind = 'cancelled'
), wanted AS (
  SELECT * FROM renewals WHERE created_day < var('end_day')
  ORDER BY rnd('renewal', stay_ix * 10 + k, 1000000000), stay_ix, k
  LIMIT (var('movings') + var('deleted')
    - (SELECT count(*) FROM firsts WHERE created_day < var('end_day')) - (SELECT count(*) FROM void)
    - (SELECT count(*) FROM cancelled WHERE created_day < var('end_day')))
)
SELECT * REPLACE (greatest(current_from, created_day) AS current_from),
  row_number() OVER (ORDER BY created_day, stay_ix, k) AS moving_ix
FROM (FROM firsts UNION ALL FROM wanted UNION ALL FROM void UNION ALL FROM cancelled)
WHERE created_day < var('end_day');

CREATE TABLE movings AS
WITH linked AS (
  SELECT c.*, t.id AS tenant_id, r.id AS room_id, r.apartment_id, r.rent AS room_rent, r.condo_fee,
    lead(c.created_day) OVER (PARTITION BY c.stay_ix, c.kind = 'void' ORDER BY c.k) AS next_created,
    t.to_stay IS NULL OR c.stay_ix = t.to_stay AS last_home,
    s.end_day, t.notice_day, t.moved_day, t.transfer_day, t.reversal_day, t.reversed_day, t.contract_type,
    t.kind = 'cancelled' AND c.kind = 'cancelled' AS never_moved_in,
    CASE WHEN c.kind = 'void' THEN c.created_day + 3
      WHEN c.kind = 'cancelled' THEN t.created_day + t.days5::INTEGER END AS cancel_day,
  FROM contracts c JOIN tenants t USING (tenant_ix) JOIN rooms r ON r.room_ix = c.room_ix LEFT JOIN stays s ON s.stay_ix = c.stay_ix
), ended AS (
  SELECT * EXCLUDE (notice_day, moved_day, reversal_day, reversed_day),
    kind IN ('first', 'renewal') AND next_created IS NULL AS final,
    CASE WHEN NOT final THEN NULL WHEN last_home THEN notice_day ELSE transfer_day - 130 END AS notice_day,
    CASE WHEN NOT final THEN NULL WHEN last_home THEN moved_day ELSE end_day END AS moved_day,
    CASE WHEN final THEN reversal_day END AS reversal_day,
    CASE WHEN final THEN reversed_day END AS reversed_day,
    rnd('moving', moving_ix, 4294967296) AS h
  FROM linked
), graded AS (
  SELECT *,
    CASE WHEN final AND moved_day < var('end_day') - 20 AND notice_day IS NOT NULL THEN 'left'
      WHEN next_created < var('end_day') - 70 THEN 'superseded'
      WHEN cancel_day < var('end_day') - 70 THEN 'cancelled' ELSE 'open' END AS grade,
    row_number() OVER (PARTITION BY grade ORDER BY h, moving_ix) AS rank
  FROM ended
)
SELECT *,
  var('moving_base') + moving_ix * 1474 // 1000 AS id,
  -- one row in twelve is never closed
  CASE WHEN rnd('unclosed', moving_ix, 1000) < 80 THEN NULL
    ELSE coalesce(next_created, moved_day + (1 + h % 4)::INTEGER) END AS close_day,
  CASE WHEN grade = 'superseded' AND rank <= var('deleted')
    THEN var('end_day') - (1 + (rank * 2 - 1) % 60)::INTEGER END AS deleted_day,
  -- what the source knows of a planned move-out may be some days off
  CASE WHEN h % 7 = 0 THEN end_day + (h // 7 % 11 - 5)::INTEGER ELSE end_day END AS planned_day
FROM graded;

-- Late corrections: a value of an older contract changes, one row a correction.
CREATE TABLE corrections AS
WITH drawn AS (
  SELECT moving_ix, row_number() OVER (ORDER BY rnd('correction', moving_ix, 1000000000), moving_ix) AS n
  FROM movings WHERE created_day < var('end_day') - 75 AND deleted_day IS NULL AND grade IN ('left', 'open')
)
SELECT moving_ix, var('end_day') - (1 + n % 60)::INTEGER AS day,
  CASE (n + n // 60) % 5 WHEN 0 THEN 'rent' WHEN 1 THEN 'movein' WHEN 2 THEN 'moveout' WHEN 3 THEN 'type' ELSE 'cancel' END AS field,
  CASE WHEN n % 2 = 0 THEN 2 ELSE -1 END AS shift
FROM drawn WHERE n <= var('corrections');
