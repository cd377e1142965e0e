"""What every family of problems is written in: records, libraries, kinds, groups."""
