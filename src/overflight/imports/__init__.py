"""Files of others into a case: telemetry, tables of sightings, sheets, and copies that are kept."""
