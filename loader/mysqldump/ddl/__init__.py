"""A CREATE TABLE of MySQL as columns and a primary key."""
