"""Weight decay in no framework: rules, strengths, and the report on what is decayed."""
