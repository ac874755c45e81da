"""What the evidence says about the flight: pilots, twists, guided filters, the posterior."""
