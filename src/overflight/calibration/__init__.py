"""Do the stated probabilities come true? Studies on telemetry of real flights."""
