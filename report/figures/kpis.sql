-- Mean rent of the occupied rooms, RevPAR and RecPAR of each day with files, in yen a month.
SELECT
  as_of_date AS day,
  is_month_end AS month_end,
  rent_jpy AS rent,
  occupancy_rate AS rate,
  revpar_jpy AS revpar,
  recpar_cash_jpy AS recpar,
  cash_realization_rate AS paid
FROM gold.kpi_month_end_metrics
WHERE as_of_date > :compared_since
ORDER BY as_of_date
