"""What measures: settings, interleaved rounds, records, child processes."""
