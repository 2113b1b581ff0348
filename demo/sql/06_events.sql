-- The lifecycle as events (day, seq, status). Within one day the highest seq counts; status NULL is "not in the source".
CREATE TABLE tenant_events AS
WITH resident AS (SELECT * FROM tenants WHERE kind = 'resident' AND NOT archived),
quiet AS (
  -- renewal talks do not run into a notice, a reversal or a change of rooms
  SELECT r.tenant_ix, c.created_day, (24 + c.moving_ix % 36)::INTEGER AS talks
  FROM contracts c JOIN resident r USING (tenant_ix)
  WHERE c.kind = 'renewal' AND c.moving_ix % 100 < 85 AND r.reversal_day IS NULL
    AND coalesce(c.created_day + 5 < coalesce(r.notice_day, r.final_end), TRUE)
    AND coalesce(c.created_day + 5 < r.transfer_day - 130 OR c.created_day - 60 > r.transfer_day, TRUE)
),
pending AS (
  -- talks that have begun for renewals signed after the last day; the contract itself is not there yet
  SELECT r.tenant_ix, r.last_start + (365 * k)::INTEGER AS signing_day
  FROM resident r, range(1, 6) t(k)
  WHERE r.renews AND r.reversal_day IS NULL AND signing_day >= var('end_day') AND signing_day < var('end_day') + 60
    AND coalesce(signing_day + 5 < coalesce(r.notice_day, r.final_end), TRUE) AND r.transfer_day IS NULL
),
vanishing AS (
  SELECT tenant_ix, row_number() OVER (ORDER BY rnd('vanish', tenant_ix, 1000000000), tenant_ix) - 1 AS turn
  FROM resident JOIN people USING (tenant_ix) WHERE closed_day < var('end_day') - 300 AND dirt IS NULL
  QUALIFY turn < 2 * var('vanished')
),
absent AS (
  -- the even ones are gone for good, the odd ones come back
  SELECT tenant_ix, turn, var('end_day') - (1 + CASE WHEN turn < 6 THEN turn ELSE rnd('vanish-day', turn, 250) END)::INTEGER AS day
  FROM vanishing
),
all_events AS (
  SELECT tenant_ix, created_day AS day, 10 AS seq, CASE WHEN days4 > 0 THEN 4 WHEN applied THEN 5 ELSE 9 END AS status FROM resident
  UNION ALL SELECT tenant_ix, created_day + days4::INTEGER, 11, 5 FROM resident WHERE days4 > 0
  UNION ALL SELECT tenant_ix, greatest(start_day - (2 + rnd('days6', tenant_ix, 19))::INTEGER, created_day + 1), 12, 6 FROM resident
    WHERE applied AND rnd('explained', tenant_ix, 100) < 42
  UNION ALL SELECT tenant_ix, start_day - (2 + rnd('days7', tenant_ix, 6))::INTEGER, 13, 7 FROM resident
    WHERE applied AND rnd('arriving', tenant_ix, 100) < 35
  UNION ALL SELECT tenant_ix, start_day, 14, 9 FROM resident WHERE applied
  UNION ALL SELECT tenant_ix, created_day - talks, 20, 10 FROM quiet
  UNION ALL SELECT tenant_ix, created_day, 21, 9 FROM quiet
  UNION ALL SELECT tenant_ix, signing_day - (24 + rnd('talks', tenant_ix, 36))::INTEGER, 20, 10 FROM pending WHERE rnd('pending', tenant_ix, 100) < 90
  UNION ALL SELECT tenant_ix, reversal_day, 30, 14 FROM resident
  UNION ALL SELECT tenant_ix, reversed_day, 31, 9 FROM resident
  UNION ALL SELECT tenant_ix, greatest(transfer_day - 130, start_day + 10), 40, 11 FROM resident WHERE transfer_day IS NOT NULL
  UNION ALL SELECT tenant_ix, transfer_day - 10, 41, 12 FROM resident
  UNION ALL SELECT tenant_ix, transfer_day - 1, 42, 13 FROM resident
  UNION ALL SELECT tenant_ix, transfer_day, 43, 9 FROM resident
  UNION ALL SELECT tenant_ix, notice_day, 50, 14 FROM resident
  UNION ALL SELECT tenant_ix, greatest(final_end - 25, notice_day + 3), 51, 15 FROM resident
    WHERE notice_day IS NOT NULL AND rnd('leaving', tenant_ix, 100) < 20
  UNION ALL SELECT tenant_ix, moved_day, 60, 16 FROM resident
  UNION ALL SELECT tenant_ix, closed_day, 61, 17 FROM resident
  UNION ALL SELECT tenant_ix, created_day, 10, 5 FROM tenants WHERE kind = 'cancelled'
  UNION ALL SELECT tenant_ix, created_day + days5::INTEGER, 61, 8 FROM tenants WHERE kind = 'cancelled'
  UNION ALL SELECT tenant_ix, created_day, 10, [3, 3, 0, 3, 1, 3, 2, 3, 0][(1 + n % 9)::BIGINT] FROM tenants WHERE kind = 'prospect'
  -- Tenants who left long ago had been moved to an archive. It was restored a few days before the first dump: about a
  -- sixth of all tenants appear at once, old and long moved out. History must not count them as new arrivals.
  UNION ALL SELECT tenant_ix, var('restored'), 70, 17 FROM tenants WHERE archived
  UNION ALL SELECT tenant_ix, day, 80, NULL FROM absent
  UNION ALL SELECT tenant_ix, day + (1 + turn // 2 % 3)::INTEGER, 81, 17 FROM absent WHERE turn % 2 = 1
)
SELECT tenant_ix, day, max(seq) AS seq, arg_max(coalesce(status, -1), seq) AS status
FROM all_events WHERE day IS NOT NULL AND day < var('end_day')
GROUP BY tenant_ix, day;

-- What a tenant's row says from the dump after `since` up to and including the dump of day `until`.
CREATE TABLE tenant_spans AS
SELECT * FROM (
  SELECT tenant_ix, day AS since,
    lead(day, 1, var('end_day')) OVER (PARTITION BY tenant_ix ORDER BY day) AS until, status
  FROM tenant_events
) WHERE status >= 0;
