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
  ) AND NOT COALESCE(@in_tokyo_area(latitude, longitude), FALSE)