-- The state of each table in the dump of day `d`, taken before the working day: it shows what happened up to d - 1.
-- Snapshots and dumps read the same view of the tenants, so they cannot disagree.

-- On 2025-09-29 the source merged the contract types 3, 6, 7 and 9 of its tenants into 1.
CREATE MACRO type_on(contract_type, d) AS
  CASE WHEN d >= DATE '2025-09-29' AND contract_type IN (3, 6, 7, 9) THEN 1 ELSE contract_type END;
CREATE MACRO name_on(full_name, masked, d) AS
  CASE WHEN masked AND d BETWEEN DATE '2025-05-01' AND DATE '2025-06-30' THEN '*' ELSE full_name END;

CREATE VIEW tenant_days AS
SELECT days.day, t.tenant_ix, t.id, s.status, s.since,
  type_on(t.contract_type, days.day) AS contract_type, name_on(p.full_name, p.masked, days.day) AS full_name
FROM days
JOIN tenant_spans s ON s.since < days.day AND s.until >= days.day
JOIN tenants t USING (tenant_ix)
JOIN people p USING (tenant_ix);

CREATE MACRO tenants_at(d) AS TABLE (
  WITH current_moving AS (
    SELECT tenant_ix, arg_max(id, (current_from - var('founded')) * 10 + k) AS moving_id, max(current_from) AS changed
    FROM movings WHERE current_from < d AND created_day < d AND kind <> 'void'
    GROUP BY tenant_ix
  )
  SELECT s.id, s.status, s.contract_type, s.full_name, s.since, t.created_day,
    CASE WHEN g.n IS NOT NULL THEN var('dangling_base') + g.n ELSE m.moving_id END AS moving_id,
    q.inquiry_id,
    -- restored rows keep the stamp of their last change
    stamp(CASE WHEN t.archived THEN t.closed_day ELSE greatest(s.since, t.created_day, m.changed) END, s.id) AS updated_at,
    stamp(t.created_day, s.id * 3) AS created_at,
    t.notice_day < d AS leaving, t.start_day, t.without_contract,
    p.* EXCLUDE (tenant_ix, full_name, created_day)
  FROM tenant_days s
  JOIN tenants t USING (tenant_ix)
  JOIN people p USING (tenant_ix)
  LEFT JOIN current_moving m USING (tenant_ix)
  LEFT JOIN dangling g USING (tenant_ix)
  LEFT JOIN tenant_inquiries q USING (tenant_ix)
  WHERE s.day = d
);

CREATE MACRO movings_at(d) AS TABLE (
  WITH corrected AS (
    SELECT moving_ix, max(day) AS day,
      coalesce(sum(shift * 500) FILTER (field = 'rent'), 0)::INTEGER AS rent_shift,
      coalesce(sum(shift) FILTER (field = 'movein'), 0)::INTEGER AS movein_shift,
      coalesce(sum(shift * 3) FILTER (field = 'moveout'), 0)::INTEGER AS moveout_shift,
      coalesce(bool_or(field = 'type'), FALSE) AS retyped, coalesce(bool_or(field = 'cancel'), FALSE) AS late_cancel
    FROM corrections WHERE day < d GROUP BY moving_ix
  ), known AS (
    SELECT m.*, moving_dirt(m.grade, m.rank) AS dirt, c.day AS corrected_day,
      coalesce(c.rent_shift, 0) AS rent_shift, coalesce(c.movein_shift, 0) AS movein_shift,
      coalesce(c.moveout_shift, 0) AS moveout_shift, coalesce(c.retyped, FALSE) AS retyped, coalesce(c.late_cancel, FALSE) AS late_cancel,
      m.moved_day < d AS out_known,
      m.notice_day < d AS notice_known,
      m.reversal_day < d AND m.reversed_day >= d AS wavering,
      -- one notice in three that was taken back leaves its dates behind
      m.reversed_day < d AND m.h % 3 = 0 AS taken_back,
      m.final AND m.h % 100 < 85 AND m.term_day + 365 < d AS ran_on
    FROM movings m LEFT JOIN corrected c USING (moving_ix)
    WHERE m.created_day < d AND coalesce(m.deleted_day >= d, TRUE)
  ), dated AS (
    SELECT *,
      term_day + movein_shift AS movein,
      CASE WHEN out_known THEN end_day WHEN notice_known THEN planned_day WHEN wavering OR taken_back THEN reversal_day + 45
        -- a contract that ran on after its term keeps the end of the term as its plan
        WHEN ran_on THEN term_day + 365 END + moveout_shift AS plan,
      coalesce(close_day < d, FALSE) AND kind IN ('first', 'renewal') AS closed
    FROM known
  )
  SELECT *,
    CASE dirt WHEN 'no_tenant' THEN var('no_tenant') + moving_ix ELSE tenant_id END AS tenant_ref,
    CASE dirt WHEN 'no_apartment' THEN var('no_apartment') + rank ELSE apartment_id END AS apartment_ref,
    CASE dirt WHEN 'no_room' THEN var('no_room') + rank ELSE room_id END AS room_ref,
    CASE WHEN dirt = 'zero_movein' THEN '0000-00-00' ELSE movein::VARCHAR END AS movein_date,
    CASE WHEN dirt = 'zero_decided' THEN '0000-00-00 00:00:00'
      WHEN h % 100 < 80 THEN stamp(created_day - (h % 3)::INTEGER, moving_ix * 3) END AS movein_decided_date,
    CASE WHEN dirt = 'zero_original' THEN '0000-00-00' WHEN h % 50 <> 1 THEN original_day::VARCHAR END AS original_movein_date,
    CASE WHEN notice_known THEN notice_day WHEN wavering OR taken_back THEN reversal_day
      WHEN next_created < d AND h % 100 < 78 THEN next_created - 30 END::VARCHAR AS moveout_receipt_date,
    CASE dirt WHEN 'zero_last_rent' THEN '0000-00-00' WHEN 'impossible' THEN '2024-02-30'
      ELSE CASE WHEN out_known AND h % 10 < 8 THEN plan END::VARCHAR END AS moveout_date,
    CASE dirt WHEN 'out_before_in' THEN (movein - 20)::VARCHAR WHEN 'year_2302' THEN '2302-01-28' ELSE plan::VARCHAR END AS moveout_plans_date,
    CASE WHEN dirt = 'zero_integrated' THEN '0000-00-00' WHEN dirt = 'out_before_in' THEN (movein - 20)::VARCHAR
      WHEN (out_known OR notice_known) AND h % 10 < 9 THEN plan::VARCHAR END AS moveout_date_integrated,
    CASE dirt WHEN 'far_term' THEN '2099-12-31' ELSE CASE WHEN h % 1000 < 365 THEN term_day + 364 END::VARCHAR END AS expiration_date,
    CASE WHEN rnd('free', moving_ix, 1000) < 35 THEN CASE WHEN h % 4 = 0 THEN -1000 ELSE 0 END
      ELSE room_rent + rent_shift + 500 * (h % 5 - 2)::INTEGER END AS rent,
    CASE WHEN dirt = 'type_null' THEN NULL WHEN retyped AND contract_type = 9 THEN 1 WHEN retyped THEN 9 ELSE contract_type END AS agreement_type,
    CASE WHEN h % 100 < 3 THEN NULL WHEN kind IN ('renewal', 'void') THEN 1 ELSE 0 END AS renew_flag,
    CASE WHEN dirt = 'cancel_null' THEN NULL WHEN cancel_day < d OR late_cancel THEN 1 ELSE 0 END AS cancel_flag,
    CASE WHEN closed THEN 1 ELSE 0 END AS is_moveout,
    CASE WHEN dirt = 'future_created' THEN stamp(var('end_day') + (20 + h % 900)::INTEGER, moving_ix) ELSE stamp(created_day, moving_ix) END AS created_at,
    stamp(greatest(created_day, CASE WHEN notice_known THEN notice_day END, CASE WHEN out_known THEN moved_day END,
      CASE WHEN reversal_day < d THEN reversal_day END, CASE WHEN reversed_day < d THEN reversed_day END,
      CASE WHEN close_day < d THEN close_day END, CASE WHEN cancel_day < d THEN cancel_day END,
      CASE WHEN next_created < d THEN next_created END,
      CASE WHEN term_day < d THEN term_day END, CASE WHEN moved_day + 14 < d THEN moved_day + 14 END,
      CASE WHEN ran_on THEN term_day + 365 END, corrected_day), moving_ix * 5) AS updated_at
  FROM dated
);

CREATE MACRO rooms_at(d) AS TABLE (
  SELECT r.*, l.moving_id, stamp(greatest(touched(d, room_ix), l.since), room_ix) AS updated_at
  FROM rooms r LEFT JOIN (
    SELECT room_ix, arg_max(id, moving_ix) AS moving_id, max(created_day) AS since
    FROM movings WHERE created_day < d AND kind <> 'void' AND coalesce(cancel_day >= d, TRUE) AND coalesce(moved_day >= d, TRUE)
    GROUP BY room_ix
  ) l USING (room_ix)
);

CREATE MACRO apartments_at(d) AS TABLE (
  SELECT a.*, c.rooms, stamp(touched(d, apartment_ix), apartment_ix) AS updated_at
  FROM apartments a JOIN (SELECT apartment_ix, count(*) AS rooms FROM rooms GROUP BY apartment_ix) c USING (apartment_ix)
);

CREATE MACRO inquiries_at(d) AS TABLE (FROM inquiries);
CREATE MACRO m_nationalities_at(d) AS TABLE (FROM nationalities WHERE var('block') = 0);
