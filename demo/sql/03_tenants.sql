-- One row a tenant: residents (one stay, or two when they changed rooms), cancelled applications, and prospects.
CREATE TABLE tenants AS
WITH residents AS (
  SELECT
    'resident' AS kind, s.stay_ix AS n, s.stay_ix, t.to_stay, t.day AS transfer_day, s.room_ix, s.start_day,
    coalesce(b.start_day, s.start_day) AS last_start,
    coalesce(b.end_day, s.end_day) AS final_end,
    rnd('path', s.stay_ix, 100) < 58 AS applied,
    CASE WHEN applied AND rnd('tentative', s.stay_ix, 100) < 34 THEN 4 + rnd('days4', s.stay_ix, 15) ELSE 0 END AS days4,
    CASE WHEN applied THEN 10 + rnd('days5', s.stay_ix, 33) ELSE 0 END AS days5,
    -- whoever did not apply was registered with the move-in, most by a company
    (s.start_day - CASE WHEN applied THEN days4 + days5 ELSE -rnd('late', s.stay_ix, 3) END::INTEGER) AS created_day
  FROM stays s
  ANTI JOIN transfers x ON x.to_stay = s.stay_ix
  LEFT JOIN transfers t ON t.from_stay = s.stay_ix
  LEFT JOIN stays b ON b.stay_ix = t.to_stay
), newest AS (
  SELECT * FROM residents WHERE created_day < var('end_day')
  ORDER BY final_end DESC, stay_ix DESC
  LIMIT (var('tenants') + var('vanished') - var('cancelled') - var('prospects'))
), cancelled AS (
  SELECT 'cancelled' AS kind, i AS n, TRUE AS applied, 0 AS days4, 3 + rnd('cancel-after', i, 28) AS days5,
    1 + rnd('cancel-room', i, var('rooms')) AS room_ix,
    var('end_day') - (1 + rnd('cancel-day', i, 1900))::INTEGER AS created_day,
    created_day + (10 + rnd('wish', i, 40))::INTEGER AS start_day
  FROM range(1, var('cancelled') + 1) t(i)
), prospects AS (
  SELECT 'prospect' AS kind, i AS n, FALSE AS applied, 0 AS days4, 0 AS days5,
    var('end_day') - (2 + rnd('prospect-day', i, 900))::INTEGER AS created_day
  FROM range(1, var('prospects') + 1) t(i)
), everyone AS (
  FROM newest UNION ALL BY NAME FROM cancelled UNION ALL BY NAME FROM prospects
), ranked AS (
  SELECT *,
    row_number() OVER (ORDER BY created_day, kind, n) AS tenant_ix,
    CASE WHEN kind = 'resident' THEN row_number() OVER (PARTITION BY kind ORDER BY final_end, n) END AS oldest
  FROM everyone
)
SELECT
  * EXCLUDE (oldest),
  var('tenant_base') + tenant_ix * 1992 // 1000 AS id,
  coalesce(oldest <= var('archived'), FALSE) AS archived,
  -- the contracts of those who left first are gone from the source
  coalesce(kind = 'prospect' OR oldest <= var('without_contract'), FALSE) AS without_contract,
  CASE WHEN kind = 'resident' AND rnd('notice', tenant_ix, 100) < 80
    THEN greatest(last_start + 5, final_end - (30 + rnd('notice-lead', tenant_ix, 50))::INTEGER) END AS notice_day,
  final_end + rnd('moved', tenant_ix, 3)::INTEGER AS moved_day,
  final_end + (22 + skew('closed', tenant_ix, 520))::INTEGER AS closed_day,
  CASE WHEN kind = 'resident' AND transfer_day IS NULL AND final_end - last_start > 250
      AND rnd('reversal', tenant_ix, 1000) < 75
    THEN last_start + (60 + rnd('reversal-day', tenant_ix, 3650) % (final_end - last_start - 220))::INTEGER END AS reversal_day,
  reversal_day + (8 + rnd('reversal-length', tenant_ix, 12))::INTEGER AS reversed_day,
  kind = 'resident' AND rnd('renews', n, 100) < 82 AS renews,
  CASE rnd('contract', tenant_ix, 10000) // 5
    WHEN 0 THEN 4 WHEN 1 THEN 4 WHEN 2 THEN 5 WHEN 3 THEN 5 WHEN 4 THEN 0 WHEN 5 THEN 0 WHEN 6 THEN 8
    ELSE CASE WHEN rnd('contract', tenant_ix, 10000) < 4050 THEN 9 WHEN rnd('contract', tenant_ix, 10000) < 6990 THEN 1
      WHEN rnd('contract', tenant_ix, 10000) < 8840 THEN 2 WHEN rnd('contract', tenant_ix, 10000) < 9610 THEN 3
      WHEN rnd('contract', tenant_ix, 10000) < 9950 THEN 7 ELSE 6 END END AS contract_type
FROM ranked;
