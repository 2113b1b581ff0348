AUDIT (
  name within_tokyo_area
);

SELECT
  latitude,
  longitude
FROM @this_model
WHERE
  NOT (
    latitude IS NULL AND longitude IS NULL
  )
  AND NOT COALESCE(latitude BETWEEN 35.0 AND 36.0 AND longitude BETWEEN 139.0 AND 140.5, FALSE)