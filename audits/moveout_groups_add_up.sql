AUDIT (
  name moveout_groups_add_up
);

SELECT
  moveout_date
FROM @this_model
WHERE
  moveout_count <> gender_male_count + gender_female_count + gender_other_count + gender_unknown_count
  OR moveout_count <> age_under_25_count + age_25_34_count + age_35_44_count + age_45_54_count + age_55_plus_count + age_unknown_count
  OR moveout_count <> tenure_short_count + tenure_medium_count + tenure_long_count + tenure_very_long_count + tenure_unknown_count
  OR moveout_count <> renewal_yes_count + renewal_no_count + renewal_unknown_count